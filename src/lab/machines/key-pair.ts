import { rename, rm } from "node:fs/promises";
import { run } from "./run.ts";

/** Makes an Ed25519 key pair without a passphrase: `path` and `path`.pub, in place of what is there. */
export async function makeKeyPair(path: string): Promise<void> {
  for (const half of [".new", ".new.pub"]) await rm(path + half, { force: true });
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", `${path}.new`]);
  await rename(`${path}.new.pub`, `${path}.pub`);
  await rename(`${path}.new`, path);
}
