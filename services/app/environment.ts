import { z } from "zod";
import type { BundleInput } from "../../src/model/bundle.ts";
import { joinText, type Ref, refSchema } from "../../src/model/text.ts";
import { envFile } from "../../src/render/env-file.ts";

/** Secrets in a program's environment: variable → secret("NAME"). */
export const secretsSchema = z.record(
  z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of a variable, such as "API_KEY"'),
  refSchema.refine((r) => r.ref === "secret", 'must be secret("NAME")'),
);

/**
 * A file of VARIABLE=value lines that only root reads, as systemd's EnvironmentFile= takes it; nothing when there are
 * none.
 */
export const environmentFile = (path: string, secrets: Record<string, Ref>): BundleInput["files"] =>
  Object.keys(secrets).length === 0 ? {} : { [path]: { content: envFile(texts(secrets)), mode: "0600" } };

const texts = (secrets: Record<string, Ref>) =>
  Object.fromEntries(Object.entries(secrets).map(([variable, value]) => [variable, joinText([value])]));
