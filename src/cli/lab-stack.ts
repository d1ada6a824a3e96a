import { mkdir, readFile, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { join, relative } from "node:path";
import { labEnvironment, labUp } from "../lab/lifecycle.ts";
import { writePrivate } from "../lab/settings.ts";
import type { LabSpec } from "../lab/types.ts";
import type { EngineTarget } from "../engine/run.ts";
import { ROOT, type LoadedFleet } from "../load/fleet.ts";
import type { Fleet } from "../model/fleet.ts";
import type { HetznerHost } from "../model/host.ts";
import { inventSecret, secretVariable } from "../model/secret.ts";
import { isActive } from "../model/status.ts";
import { withTools } from "./tools.ts";

/** Starts a fleet's lab, if it does not run yet, and returns how the engine works on it. Nothing in the program knows of the difference. */
export async function prepareLab({ fleet }: LoadedFleet): Promise<EngineTarget> {
  await labUp(labSpecOf(fleet));
  const folder = join(ROOT, ".fleet", "lab", fleet.name);
  const secrets = await labSecrets(folder, fleet);
  const cwd = await writeProject(folder);
  await mkdir(join(folder, "state"), { recursive: true });
  const env = {
    ...withTools(process.env),
    // The state is written at every step; a second file with its checksum each time serves nobody here.
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}?metadata=skip`,
    PULUMI_HOME: await engineHome(),
    FLEET_STAND_INS: "true",
    FLEET_OPERATOR_KEYS: await readFile(join(folder, "id_ed25519.pub"), "utf8"),
    ...(await labEnvironment(fleet.name)),
    ...secrets,
  };
  return { stack: fleet.name, cwd, env };
}

/**
 * The engine's own folder. It writes a debug log of every run into `logs` there, which costs a third of its time and is encrypted only from
 * where the passphrase is known: a file of that name stands in its way.
 */
async function engineHome(): Promise<string> {
  const folder = join(ROOT, ".fleet", "engine");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "logs"), "");
  return folder;
}

/** What the world holds before the first `up`: the machines that exist already, and the zones. */
export function labSpecOf(fleet: Fleet): LabSpec {
  const active = fleet.hosts.filter(isActive);
  const accountId = fleet.edge.account ?? "0".repeat(32);
  return {
    stack: fleet.name,
    staticHosts: active.filter((h) => h.kind === "static").map((h) => ({ name: h.name, authorizedKeys: [], publicAddress: h.ipv4 })),
    adoptedServers: active.filter((h) => h.kind === "hetzner").filter((h) => h.adopt).map(adoptedServer),
    zones: fleet.zones.filter((z) => z.provider === "cloudflare" && z.id).map((z) => ({ id: z.id!, name: z.name, accountId })),
    accountId,
  };
}

/** As its owner once made it by hand: nobody has labelled it, and its image is what the vendor called the OS. */
function adoptedServer(host: HetznerHost): LabSpec["adoptedServers"][number] {
  if (host.ipv4 === undefined) throw new Error(`host ${host.name} says adopt: true but has no ipv4: give the address that it has`);
  return { name: host.name, type: host.type, location: host.location, image: host.image ?? (host.os === "ubuntu" ? "ubuntu-24.04" : "debian-12"), publicAddress: host.ipv4, labels: {}, authorizedKeys: [] };
}

/** Values of the right format, made up once per lab and known to nobody else. Returned as the variables that the program reads. */
async function labSecrets(folder: string, fleet: Fleet): Promise<Record<string, string>> {
  const path = join(folder, "secrets.json");
  const known = JSON.parse(await readFile(path, "utf8").catch(() => "{}")) as Record<string, string>;
  const missing = fleet.secrets.filter((spec) => isActive(spec) && known[spec.name] === undefined);
  for (const spec of missing) known[spec.name] = inventSecret(spec, randomBytes);
  if (known.PULUMI_CONFIG_PASSPHRASE === undefined) known.PULUMI_CONFIG_PASSPHRASE = randomBytes(24).toString("base64url");
  await writePrivate(path, JSON.stringify(known));
  return Object.fromEntries(Object.entries(known).map(([name, value]) => [name.startsWith("PULUMI_") ? name : secretVariable(name), value]));
}

/** Paths from the repository's root; as in Pulumi.yaml when left out. */
export interface ProjectParts {
  program?: string;
  provider?: string;
}

/** A Pulumi project of its own around the same program, so that a lab never writes into the configuration of the real stack. */
export async function writeProject(folder: string, { program, provider }: ProjectParts = {}): Promise<string> {
  const project = await readFile(join(ROOT, "Pulumi.yaml"), "utf8");
  const from = relative(folder, ROOT);
  const moved = project
    .replace(/^main: (.*)$/m, (_, main) => `main: ${from}/${program ?? main}`)
    .replace(/^(\s+)path: (.*)$/m, (_, indent, path) => `${indent}path: ${from}/${provider ?? path}`)
    .replace(/^stackConfigDir: .*\n/m, "");
  await writeFile(join(folder, "Pulumi.yaml"), moved);
  return folder;
}
