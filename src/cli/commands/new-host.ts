import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assertFleet } from "../../load/assert.ts";
import { loadFleet, ROOT } from "../../load/fleet.ts";
import { nextMeshAddress } from "../../model/mesh-address.ts";
import { hostNameSchema } from "../../model/host-schema.ts";
import { type FleetTemplate, hostFile, type HostKind, type NewHost } from "../../model/host-template.ts";
import { CliError, out, say } from "../../terminal/output.ts";

export interface NewHostOptions {
  kind: HostKind;
  region?: string;
  type?: string;
  mesh?: string;
}

/**
 * Writes one host file, and nothing else. @throws Error naming file and field when the fleet could not be deployed with
 * it; then nothing is left
 */
export async function newHost(stack: string, name: string, options: NewHostOptions, root = ROOT): Promise<void> {
  const { fleet } = await loadFleet(stack, root);
  const file = join("hosts", stack, `${name}.ts`);
  if (!hostNameSchema.safeParse(name).success)
    throw new CliError(
      `${JSON.stringify(name)} can't be a host: name must be lower-case letters, digits and hyphens, at most 63`,
    );
  if (existsSync(join(root, file))) throw new CliError(`${file} is there already: choose another name`);
  const host: NewHost = { name, ...options, mesh: options.mesh ?? nextMeshAddress(fleet) };
  await writeFile(join(root, file), (await ownTemplate(stack, root))?.(host) ?? hostFile(host), { flag: "wx" });
  try {
    assertFleet(await loadFleet(stack, root));
  } catch (error) {
    await rm(join(root, file));
    throw error;
  }
  out(file);
  say(`What it brings: npx fleet preview ${stack} --lab`);
}

async function ownTemplate(stack: string, root: string): Promise<FleetTemplate | undefined> {
  const file = join(root, "stacks", stack, "new-host.ts");
  return existsSync(file)
    ? ((await import(pathToFileURL(file).href)) as { default: FleetTemplate }).default
    : undefined;
}
