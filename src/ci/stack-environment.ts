import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withSshAgent } from "./ssh-agent.ts";

/** Variables of a step that no program of a fleet has any use for. */
const OWN = new Set(["FLEET_ENVIRONMENT", "GITHUB_TOKEN"]);
/** What ssh is given: a key, and lines of known_hosts. */
const SSH = new Set(["SSH_PRIVATE_KEY", "SSH_KNOWN_HOSTS"]);

/**
 * Runs work with everything that a stack needs in its environment: the variables of FLEET_ENVIRONMENT, which is a
 * secret of the job with a JSON object in it. Of them SSH_PRIVATE_KEY goes to an ssh-agent and never to a disk, and
 * SSH_KNOWN_HOSTS becomes a file; both are gone when the work is done. The runner is told to hide each value in logs.
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
    Object.entries({ ...env, ...values }).filter(([name]) => !OWN.has(name) && !SSH.has(name)),
  );
  return withSsh(values, (ssh) => work({ ...passed, ...ssh }));
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

/** Runs work with the ssh_config that the values make, where they make one. */
async function withSsh<T>(
  { SSH_PRIVATE_KEY: key, SSH_KNOWN_HOSTS: hosts }: Record<string, string>,
  work: (env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  if (!key && !hosts) return work({});
  const folder = await mkdtemp(join(tmpdir(), "fleet-ci-"));
  const [config, socket, known] = ["ssh_config", "agent", "known_hosts"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const lines = [
    ...(key ? [`IdentityAgent "${socket}"`, "IdentityFile none"] : []),
    ...(hosts ? [`UserKnownHostsFile "${known}"`] : []),
  ];
  try {
    await writeFile(config, ["Host *", ...lines.map((line) => `  ${line}`), ""].join("\n"), { mode: 0o600 });
    if (hosts) await writeFile(known, hosts.endsWith("\n") ? hosts : `${hosts}\n`, { mode: 0o600 });
    const withConfig = () => work({ FLEET_SSH_CONFIG: config });
    return await (key ? withSshAgent(key, socket, withConfig) : withConfig());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
