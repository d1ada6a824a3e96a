import { globSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { labPaths } from "../lab/paths.ts";
import type { LabStatus } from "../lab/types.ts";
import { ROOT } from "../load/fleet.ts";
import { fleetDir } from "../setup/paths.ts";
import { knownHostsOf } from "./machines.ts";
import { SERVICES, unitNames, unitText } from "./fleet.ts";
import { STACK } from "./stack.ts";
import { measure, type Measured } from "./measure.ts";

/** A tool that brings machines to their services, and one that looks whether they still are there. */
export interface Tool {
  name: string;
  /** What it must forget before it can start from nothing, beside what is on the machines. */
  forget?(): Promise<void>;
  up(): Promise<Measured>;
  drift(): Promise<Measured>;
}

const folder = join(fleetDir, "bench");

/** What there is of fleet alone. */
interface FleetTool extends Tool {
  forget(): Promise<void>;
  preview(): Promise<Measured>;
}

/** `fleet up`, `fleet preview` and `fleet drift`, on the fleet provider or on one that does nothing. */
export function fleetTool(provider: "fleet" | "empty", services = SERVICES, env: NodeJS.ProcessEnv = {}): FleetTool {
  const run = async (command: "up" | "preview" | "drift") => {
    const measured = await measure(
      [process.execPath, join(import.meta.dirname, "command.mjs"), command, String(services), provider],
      { cwd: ROOT, env: { ...process.env, ...env } },
    );
    if (command === "drift") expectAllSame(measured, services);
    return measured;
  };
  return {
    name: provider,
    async forget() {
      for (const name of ["state", `Pulumi.${STACK}.yaml`])
        await rm(join(labPaths(STACK).folder, name), { recursive: true, force: true });
    },
    up: () => run("up"),
    preview: () => run("preview"),
    drift: () => run("drift"),
  };
}

function expectAllSame({ stdout }: Measured, services: number): void {
  const { same, drifted, unknown } = JSON.parse(stdout) as Record<string, number>;
  if (drifted !== 0 || unknown !== 0 || same! % services !== 0) throw new Error(`fleet drift found ${stdout}`);
}

/** pyinfra and Ansible with Mitogen, at their best settings, over the same ssh with the same host keys. */
export async function peers(python: string, { hosts, sshConfig }: LabStatus): Promise<Tool[]> {
  await mkdir(folder, { recursive: true });
  const variables = join(folder, "variables.json");
  await writeFile(
    variables,
    JSON.stringify({ units: Object.fromEntries(unitNames(SERVICES).map((unit) => [unit, unitText(unit)])) }),
  );
  const key = join(sshConfig, "../id_ed25519");
  const names = new Map(hosts.map(({ name, address }) => [name, address]));
  const knownHosts = (await readFile(knownHostsOf(sshConfig), "utf8")).replace(
    /^\S+/gm,
    (name) => names.get(name) ?? name,
  );
  await writeFile(join(folder, "known_hosts"), knownHosts);
  return [await pyinfra(python, variables, key, hosts), await ansible(python, variables, sshConfig, hosts)];
}

/** It logs in to all hosts at once as it is. */
async function pyinfra(python: string, variables: string, key: string, hosts: LabStatus["hosts"]): Promise<Tool> {
  const data = {
    ssh_user: "root",
    ssh_key: key,
    ssh_known_hosts_file: join(folder, "known_hosts"),
    ssh_strict_host_key_checking: "yes",
  };
  const inventory = join(folder, "inventory.py");
  await writeFile(
    inventory,
    `hosts = [${hosts.map(({ address }) => `(${JSON.stringify(address)}, ${JSON.stringify(data)})`).join(",\n")}]\n`,
  );
  const run = (...flags: string[]) =>
    measure([join(python, "bin/pyinfra"), ...flags, inventory, join(import.meta.dirname, "peers/deploy.py")], {
      cwd: folder,
      env: { ...process.env, FLEET_BENCH_VARIABLES: variables },
    });
  return { name: "pyinfra", up: () => run("--yes"), drift: () => run("--dry") };
}

async function ansible(python: string, variables: string, sshConfig: string, hosts: LabStatus["hosts"]): Promise<Tool> {
  const inventory = join(folder, "inventory.ini");
  const common = `ansible_python_interpreter=/usr/bin/python3 ansible_ssh_common_args="-F ${sshConfig}"`;
  await writeFile(inventory, hosts.map(({ name }) => `${name} ${common}\n`).join(""));
  const [strategies] = globSync("lib/python*/site-packages/ansible_mitogen/plugins/strategy", { cwd: python });
  const env = {
    ...process.env,
    LC_ALL: "C.UTF-8",
    PATH: `${join(python, "bin")}:${process.env.PATH}`,
    ANSIBLE_STRATEGY: "mitogen_linear",
    ANSIBLE_STRATEGY_PLUGINS: join(python, strategies!),
    ANSIBLE_FORKS: "10",
    ANSIBLE_PIPELINING: "true",
    ANSIBLE_GATHERING: "explicit",
    ANSIBLE_HOST_KEY_CHECKING: "true",
    ANSIBLE_LOCALHOST_WARNING: "false",
  };
  const run = (...flags: string[]) =>
    measure(
      [
        join(python, "bin/ansible-playbook"),
        ...flags,
        "-i",
        inventory,
        "-e",
        `@${variables}`,
        join(import.meta.dirname, "peers/playbook.yml"),
      ],
      { cwd: folder, env },
    );
  return { name: "Ansible + Mitogen", up: () => run(), drift: () => run("--check") };
}
