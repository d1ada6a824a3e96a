import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Variables of a step that no program of a fleet has any use for. */
const OWN = new Set(["FLEET_ENVIRONMENT", "GITHUB_TOKEN"]);
/** What becomes files: an SSH key, and lines of known_hosts. */
const FILES = ["SSH_PRIVATE_KEY", "SSH_KNOWN_HOSTS"] as const;

/**
 * Runs work with everything that a stack needs in its environment: the variables of FLEET_ENVIRONMENT, which is a
 * secret of the job with a JSON object in it. Of them SSH_PRIVATE_KEY and SSH_KNOWN_HOSTS become files that are gone
 * when the work is done. The runner is told to hide each value in logs.
 *
 * @throws Error when FLEET_ENVIRONMENT is no such object, never showing it
 */
export async function withStackEnvironment<T>(
  env: NodeJS.ProcessEnv,
  work: (env: NodeJS.ProcessEnv) => Promise<T>,
  print: (line: string) => void = console.log,
): Promise<T> {
  const values = parseValues(env.FLEET_ENVIRONMENT);
  for (const value of Object.values(values)) hide(value, print);
  const passed = Object.fromEntries(
    Object.entries({ ...env, ...values }).filter(
      ([name]) => !OWN.has(name) && !(FILES as readonly string[]).includes(name),
    ),
  );
  const folder = await mkdtemp(join(tmpdir(), "fleet-ci-"));
  try {
    const ssh = await writeSshFiles(folder, values);
    return await work({ ...passed, ...(ssh && { FLEET_SSH_CONFIG: ssh }) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function parseValues(text: string | undefined): Record<string, string> {
  if (!text) return {};
  const values = objectIn(text);
  if (values === undefined)
    throw new Error('FLEET_ENVIRONMENT must be a JSON object of variables, such as {"HCLOUD_TOKEN": "…"}');
  for (const [name, value] of Object.entries(values)) {
    if (!/^[A-Z][A-Z0-9_]*$/.test(name))
      throw new Error(`FLEET_ENVIRONMENT: ${JSON.stringify(name)} is no name of a variable: capitals, digits and _`);
    if (typeof value !== "string") throw new Error(`FLEET_ENVIRONMENT: the value of ${name} must be a string`);
  }
  return values as Record<string, string>;
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The runner hides whole secrets by itself, but knows nothing of what is inside of one. */
function hide(value: string, print: (line: string) => void): void {
  const lines = value
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.length >= 4 && !line.startsWith("-----"));
  for (const line of lines) print(`::add-mask::${line.replaceAll("%", "%25").replaceAll("\r", "%0D")}`);
}

async function writeSshFiles(
  folder: string,
  { SSH_PRIVATE_KEY: key, SSH_KNOWN_HOSTS: hosts }: Record<string, string>,
): Promise<string | undefined> {
  if (!key && !hosts) return undefined;
  const write = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text.endsWith("\n") ? text : `${text}\n`, { mode: 0o600 });
    return path;
  };
  const lines = [
    ...(key ? [`  IdentityFile ${await write("key", key)}`, "  IdentitiesOnly yes"] : []),
    ...(hosts ? [`  UserKnownHostsFile ${await write("known_hosts", hosts)}`] : []),
  ];
  return write("ssh_config", ["Host *", ...lines].join("\n"));
}
