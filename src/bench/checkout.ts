import { cp, mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../setup/paths.ts";

const COPIED = ["src", "services", "stacks/main.ts", "Pulumi.yaml", "package.json", "package-lock.json"];
const SHARED = ["node_modules", ".fleet/bin", ".fleet/cache"];

/**
 * Copies this repository, without its fleets, so that what is done there touches nobody's files, labs or state. A lab
 * is named after its checkout's path, so those of two copies do not clash.
 * @param folders what else is copied, such as "hosts/alaivos"
 */
export async function copyCheckout(to: string, folders: readonly string[] = []): Promise<void> {
  await rm(to, { recursive: true, force: true });
  for (const name of [...COPIED, ...folders]) await cp(join(root, name), join(to, name), { recursive: true });
  await mkdir(join(to, ".fleet"), { recursive: true });
  for (const name of SHARED) await symlink(join(root, name), join(to, name));
}
