import { mkdir, readFile, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { join, relative } from "node:path";
import { labUp } from "../lab/lifecycle.ts";
import { writePrivate } from "../lab/settings.ts";
import type { LabSpec } from "../lab/types.ts";
import type { EngineTarget } from "../engine/run.ts";
import { ROOT, type LoadedFleet } from "../load/fleet.ts";
import type { Fleet } from "../model/fleet.ts";
import { imageOf as imageOfDroplet } from "../model/digitalocean-image.ts";
import { imageOf } from "../model/hetzner-image.ts";
import { contextOf, type DigitalOceanHost, type HetznerHost, type Host, releaseOf } from "../model/host.ts";
import { DEFAULT_RELEASE } from "../model/platform.ts";
import { servicesOf } from "../../services/wireguard/mesh.ts";
import { meshMembers } from "../model/mesh-members.ts";
import { inventSecret } from "../model/secret.ts";
import { isActive } from "../model/status.ts";
import { labFolder, labTarget, secretVariables } from "./lab-target.ts";

/**
 * Starts a fleet's lab, if it does not run yet, and returns how the engine works on it. Nothing in the program knows of
 * the difference.
 */
export async function prepareLab({ fleet }: LoadedFleet): Promise<EngineTarget> {
  await labUp(labSpecOf(fleet));
  const folder = labFolder(fleet.name);
  const secrets = await labSecrets(folder, fleet);
  await writeProject(folder);
  await mkdir(join(folder, "state"), { recursive: true });
  return labTarget(fleet.name, secrets);
}

/** What the world holds before the first `up`: the machines that exist already, and the zones. */
export function labSpecOf(fleet: Fleet): LabSpec {
  const active = fleet.hosts.filter(isActive);
  const accountId = fleet.edge.account ?? "0".repeat(32);
  const { hub, spokes } = meshMembers(fleet);
  const droplets = active.filter((h) => h.kind === "digitalocean");
  return {
    stack: fleet.name,
    packages: packagesOf(fleet, active),
    staticHosts: active
      .filter((h) => h.kind === "static")
      .map((h) => ({
        name: h.name,
        authorizedKeys: [],
        publicAddress: h.ipv4,
        ...(h.os === "nixos" && { system: "nixos" as const }),
        release: releaseOf(h),
      })),
    adoptedServers: active
      .filter((h) => h.kind === "hetzner")
      .filter((h) => h.adopt)
      .map(adoptedServer),
    zones: fleet.zones
      .filter((z) => z.provider === "cloudflare" && z.id)
      .map((z) => ({ id: z.id!, name: z.name, accountId })),
    accountId,
    aws: active.some((h) => h.kind === "aws"),
    ...(droplets.length > 0 && {
      digitalocean: { adoptedDroplets: droplets.filter((h) => h.adopt).map(adoptedDroplet) },
    }),
    ...(fleet.mesh?.type === "tailscale" &&
      isActive(fleet.mesh) && {
        tailnet: {
          name: fleet.mesh.tailnet ?? "tail0000.ts.net",
          owner: "owner@example.com",
          addresses: Object.fromEntries(active.flatMap((h) => (h.mesh === undefined ? [] : [[h.name, h.mesh]]))),
        },
      }),
    mesh: hub && { hub: hub.name, addresses: Object.fromEntries(spokes.map((h) => [h.name, h.mesh])) },
  };
}

/** What is installed on machines of each release. */
function packagesOf(fleet: Fleet, hosts: Host[]): LabSpec["packages"] {
  const servicesOn = servicesOf(fleet);
  const packages: LabSpec["packages"] = {};
  for (const host of hosts) {
    const names = (packages[releaseOf(host) ?? DEFAULT_RELEASE] ??= []);
    if (host.os === "nixos") continue;
    const context = { ...contextOf(host), standIns: true };
    for (const service of servicesOn(host).filter(isActive)) names.push(...service.render(context).packages);
  }
  return hosts.length > 0 ? packages : undefined;
}

/** As its owner once made it by hand: nobody has labelled it, and its image is what the vendor called the OS. */
function adoptedServer(host: HetznerHost): LabSpec["adoptedServers"][number] {
  if (host.ipv4 === undefined)
    throw new Error(`host ${host.name} says adopt: true but has no ipv4: give the address that it has`);
  return {
    name: host.name,
    type: host.type,
    location: host.location,
    image: imageOf(host),
    publicAddress: host.ipv4,
    labels: {},
    authorizedKeys: [],
  };
}

function adoptedDroplet(host: DigitalOceanHost): NonNullable<LabSpec["digitalocean"]>["adoptedDroplets"][number] {
  if (host.ipv4 === undefined)
    throw new Error(`host ${host.name} says adopt: true but has no ipv4: give the address that it has`);
  return {
    name: host.name,
    size: host.size,
    region: host.region,
    image: imageOfDroplet(host),
    publicAddress: host.ipv4,
    tags: [],
  };
}

/**
 * Values of the right format, made up once per lab and known to nobody else. Returned as the variables that the program
 * reads.
 */
async function labSecrets(folder: string, fleet: Fleet): Promise<Record<string, string>> {
  const path = join(folder, "secrets.json");
  const known = JSON.parse(await readFile(path, "utf8").catch(() => "{}")) as Record<string, string>;
  const missing = fleet.secrets.filter((spec) => isActive(spec) && known[spec.name] === undefined);
  for (const spec of missing) known[spec.name] = inventSecret(spec, randomBytes);
  if (known.PULUMI_CONFIG_PASSPHRASE === undefined)
    known.PULUMI_CONFIG_PASSPHRASE = randomBytes(24).toString("base64url");
  await writePrivate(path, JSON.stringify(known));
  return secretVariables(known);
}

/** Paths from the repository's root; as in Pulumi.yaml when left out. */
export interface ProjectParts {
  program?: string;
  provider?: string;
}

/**
 * A Pulumi project of its own around the same program, so that a lab never writes into the configuration of the real
 * stack.
 */
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
