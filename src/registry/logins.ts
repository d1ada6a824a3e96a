import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** "user:password" in base64, by registry. */
export type Logins = Readonly<Record<string, string>>;

/**
 * Logins to registries as `podman login` and `docker login` leave them (containers-auth.json(5)): in the file that
 * REGISTRY_AUTH_FILE names, else in that of Docker. Those that a helper program keeps are not read.
 * @throws Error when the file is there and can't be read
 */
export async function readLogins(env: NodeJS.ProcessEnv = process.env): Promise<Logins> {
  const path = env.REGISTRY_AUTH_FILE ?? join(homedir(), ".docker", "config.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" && env.REGISTRY_AUTH_FILE === undefined) return {};
    throw error;
  }
  try {
    const { auths = {} } = JSON.parse(text) as { auths?: Record<string, { auth?: string }> };
    return Object.fromEntries(
      Object.entries(auths).flatMap(([registry, { auth }]) => (auth ? [[nameOf(registry), auth]] : [])),
    );
  } catch (error) {
    throw new Error(`${path} is no file of logins to registries`, { cause: error });
  }
}

/** Docker Hub stands under a URL of its first days. */
const nameOf = (registry: string): string =>
  registry === "https://index.docker.io/v1/" ? "docker.io" : registry.replace(/^https?:\/\//, "");
