import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { labDown, labStatus, labUp } from "../../../src/lab/lifecycle.ts";
import { labPaths } from "../../../src/lab/paths.ts";
import { contextOf, releaseOf, type Host } from "../../../src/model/host.ts";
import { tcp } from "../../../src/model/port.ts";
import { inventSecret, type SecretSpec } from "../../../src/model/secret.ts";
import type { HostContext, Service } from "../../../src/model/service.ts";
import type { Ref } from "../../../src/model/text.ts";
import type { Properties } from "../../../src/plugin/types.ts";
import { serviceResource } from "../../../src/provider/service/index.ts";
import { OpenSsh } from "../../../src/transport/openssh.ts";
import { Pool } from "../../../src/transport/pool.ts";
import { Engine } from "../../provider/engine.ts";
import { inputsOf } from "../../provider/fixtures.ts";
import { resolved } from "../../provider/resolved.ts";
import { quiet } from "../quiet.ts";
import { LOOK, readSeen, type Seen } from "./seen.ts";

const run = promisify(execFile);

/** A lab with a machine for each of some hosts, and the provider's service resource on them. */
export class ServiceMachines extends Engine {
  private readonly stack: string;
  private readonly secrets: readonly SecretSpec[];
  private readonly addresses: ReadonlyMap<string, string>;
  private readonly pool: Pool;
  private readonly values = new Map<string, string>();

  private constructor(stack: string, secrets: readonly SecretSpec[], addresses: ReadonlyMap<string, string>) {
    const pool = new Pool(new OpenSsh({ include: labPaths(stack).sshConfig }));
    const resource = serviceResource(pool, { confirmSeconds: 20 });
    super(() => resource);
    [this.stack, this.secrets, this.addresses, this.pool] = [stack, secrets, addresses, pool];
  }

  /** @param onEach what is put on each host, so that its packages are there before the first look */
  static async boot(
    stack: string,
    onEach: ReadonlyMap<Host, readonly Service[]>,
    secrets: readonly SecretSpec[],
  ): Promise<ServiceMachines> {
    await labDown(stack, { forget: true });
    const packages = [...onEach].flatMap(([host, services]) => packagesOf(host, services));
    await labUp(
      {
        stack,
        packages: { 13: [...new Set(packages)] },
        adoptedServers: [],
        zones: [],
        accountId: "0".repeat(32),
        staticHosts: [...onEach.keys()].map((host) => ({
          name: host.name,
          authorizedKeys: [],
          ...(host.os === "nixos" && { system: "nixos" as const }),
          release: releaseOf(host),
        })),
      },
      { progress: quiet },
    );
    const { hosts } = await labStatus(stack);
    const machines = new ServiceMachines(stack, secrets, new Map(hosts.map(({ name, address }) => [name, address])));
    await Promise.all([...onEach].map(([host, services]) => machines.installAll(host, services)));
    return machines;
  }

  /** What stays where a service goes is there before the first look: packages, and what NixOS keeps beside its system. */
  private async installAll(host: Host, services: readonly Service[]): Promise<void> {
    const bundle =
      host.os === "nixos"
        ? { os: host.os, files: { "/etc/fleet-test": { content: "for a first generation" } } }
        : { packages: packagesOf(host, services) };
    await this.create({ ...inputsOf(bundle), host: host.name, service: "first", connection: {} });
  }

  async end(): Promise<void> {
    await this.pool.close();
    await labDown(this.stack, { forget: true });
  }

  async ssh(host: string, command: string): Promise<string> {
    const args = ["-F", labPaths(this.stack).sshConfig, "-o", "BatchMode=yes", host, command];
    return (await run("ssh", args, { maxBuffer: 1 << 28 })).stdout;
  }

  async seen(host: string): Promise<Seen> {
    return readSeen(await this.ssh(host, LOOK));
  }

  /** What the provider is given for a service: its bundle with values made up for what it refers to. */
  inputs(host: Host, service: Service, more: object = {}): Properties {
    const bundle = service.render(context(host, this.addresses.get(host.name)));
    return {
      ...inputsOf({
        ...(host.os === "nixos" && { os: host.os }),
        ...(resolved({ ...bundle, ...more }, (ref) => this.valueFor(ref)) as object),
      }),
      host: host.name,
      service: service.name,
      connection: {},
    };
  }

  /** The same for the same reference. */
  private valueFor(ref: Ref): string {
    const key = `${ref.ref} ${ref.name}`;
    if (!this.values.has(key)) this.values.set(key, this.madeUp(ref));
    return this.values.get(key)!;
  }

  private madeUp({ ref, name }: Ref): string {
    switch (ref) {
      case "secret":
        return inventSecret(
          this.secrets.find((spec) => spec.name === name)!,
          randomBytes,
        );
      case "address":
        return this.addresses.get(name) ?? "192.0.2.7";
      case "host-key":
      case "public-key":
        return `ssh-ed25519 ${Buffer.concat([Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0 "), randomBytes(32)]).toString("base64")}`;
      case "mesh-key":
        return randomBytes(32).toString("base64");
      case "tailnet-key":
      case "tunnel-token":
      case "token":
      case "private-key":
        return randomBytes(16).toString("hex");
    }
  }
}

/** What has to be installed where services do not bring it with the system. */
const packagesOf = (host: Host, services: readonly Service[]): string[] =>
  host.os === "nixos" ? [] : services.flatMap((service) => service.render(context(host)).packages);

/** As the lab has it: stand-ins, SSH open to whoever tests, and the machine's own address for the one in the mesh. */
const context = (host: Host, address = "192.0.2.1"): HostContext => ({
  ...contextOf(host),
  standIns: true,
  publicPorts: [...host.publicPorts.filter((port) => port.range.from !== 22), tcp(22)],
  addresses: { ipv4: address, mesh: address },
});
