import { z } from "zod";
import type { BundleInput } from "../../src/model/bundle.ts";
import { type Ref, refSchema } from "../../src/model/text.ts";
import { envFile } from "../../src/render/env-file.ts";

const variable = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of a variable, such as "API_KEY"');

/** Secrets in a program's environment: variable → secret("NAME"). */
export const secretsSchema = z.record(
  variable,
  refSchema.refine((r) => r.ref === "secret", 'must be secret("NAME")'),
);

/** What everybody on the host may read of a program's environment. */
export const variablesSchema = z.record(variable, z.union([z.string(), z.number()]));

/**
 * A file of VARIABLE=value lines that only root reads, as systemd's EnvironmentFile= takes it; nothing when there are
 * none.
 */
export const environmentFile = (path: string, secrets: Record<string, Ref>): BundleInput["files"] =>
  Object.keys(secrets).length === 0 ? {} : { [path]: { content: envFile(secrets), mode: "0600" } };
