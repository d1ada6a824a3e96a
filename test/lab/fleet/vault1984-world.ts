import { expect } from "vitest";
import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  type Instance,
} from "@aws-sdk/client-ec2";
import { loadFleet } from "../../../src/load/fleet.ts";
import type { AwsHost } from "../../../src/model/host.ts";
import type { Checkout } from "./checkout.ts";
import type { Ended } from "./commands.ts";

const { fleet } = await loadFleet("vault1984");
export const ZONE = fleet.zones[0]!.id!;
export const spokes = fleet.hosts.filter((host): host is AwsHost => host.kind === "aws");
/** A ceiling in dollars with room for a few regions more. */
export const CEILING = 200;
export const names = spokes.map(({ name }) => name).sort();

interface Beat {
  status: number;
  msg: string;
  at: number;
}

/** What is there of the fleet vault1984 in its lab, asked of the machines and the clouds themselves. */
export class World {
  private readonly fleet: Checkout;
  constructor(fleet: Checkout) {
    this.fleet = fleet;
  }

  async lab(...args: string[]): Promise<void> {
    expect(await this.fleet.fleet(["lab", ...args])).toMatchObject({ exitCode: 0 });
  }

  /** Writes the file of a new region. */
  open = (name: string, region: string): Promise<Ended> =>
    this.fleet.fleet(["new", "host", "vault1984", name, "--kind", "aws", "--region", region]);

  /** How `drift` ends, and the hosts that are not as declared: "unknown seoul". */
  async notSame(env?: NodeJS.ProcessEnv): Promise<{ exitCode: number | null; found: string[] }> {
    const { exitCode, drift } = await this.fleet.drift(env);
    const others = drift.resources.filter((r) => r.status !== "same");
    return { exitCode, found: [...new Set(others.map((r) => `${r.status} ${r.host}`))].sort() };
  }

  /** Waits until exactly these nodes have sent a heartbeat since then that says that all is well. */
  async expectInOrder(nodes: readonly string[], since: number): Promise<void> {
    await expect.poll(() => this.beating(since), { timeout: 90_000, interval: 1000 }).toEqual([...nodes].sort());
  }

  /** Which of the addresses in the mesh do not answer the hub's ping. */
  async silent(addresses: readonly string[]): Promise<string[]> {
    const pings = addresses
      .map((address) => `ping -q -c 1 -W 5 ${address} >/dev/null 2>&1 || echo ${address} &`)
      .join(" ");
    return (await this.fleet.ssh("zurich", `${pings} wait`)).split("\n").filter(Boolean).sort();
  }

  /**
   * Node → the heartbeats that came in since then, as Kuma keeps them. @param since seconds since 1970, by the hub's
   * clock
   */
  async beats(since: number): Promise<Record<string, Beat[]>> {
    const store = JSON.parse(await this.fleet.ssh("zurich", "cat /opt/uptime-kuma/data/kuma-stand-in.json")) as {
      monitors: Record<string, { name: string }>;
      beats: Record<string, Beat[]>;
    };
    return Object.fromEntries(
      Object.values(store.monitors).map(({ name }, i) => [
        name,
        (store.beats[Object.keys(store.monitors)[i]!] ?? []).filter(({ at }) => at > since),
      ]),
    );
  }

  /** Nodes whose vault a heartbeat said to be in order since then. */
  async beating(since: number): Promise<string[]> {
    return Object.entries(await this.beats(since))
      .filter(([, beats]) => beats.some(({ status }) => status === 1))
      .map(([node]) => node)
      .sort();
  }

  now = async (): Promise<number> => Number(await this.fleet.ssh("zurich", "date +%s"));

  /** Name → address of each A record; whether all of them are DNS only. */
  async records(): Promise<{ addresses: Record<string, string>; proxied: string[] }> {
    const { result } = await this.fleet.cloud<{ result: { name: string; content: string; proxied: boolean }[] }>(
      "cloudflare",
      "GET",
      `/zones/${ZONE}/dns_records?type=A&per_page=100`,
    );
    return {
      addresses: Object.fromEntries(result.map(({ name, content }) => [name, content])),
      proxied: result.filter((r) => r.proxied).map((r) => r.name),
    };
  }

  async ec2(region: string): Promise<EC2Client> {
    const { url, token } = (await this.fleet.status()).clouds.aws!;
    return new EC2Client({ region, endpoint: url, credentials: { accessKeyId: token, secretAccessKey: token } });
  }

  async instance({ name, region }: { name: string; region: string }): Promise<Instance | undefined> {
    const found = await (
      await this.ec2(region)
    ).send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: "tag:Name", Values: [name] },
          { Name: "instance-state-name", Values: ["pending", "running", "stopped"] },
        ],
      }),
    );
    return found.Reservations?.flatMap((r) => r.Instances ?? [])[0];
  }

  /** The elastic address of a spoke, and the ports that its security group opens to the world. */
  async outside({ name, region }: { name: string; region: string }): Promise<{ address?: string; open: number[] }> {
    const ec2 = await this.ec2(region);
    const [{ Addresses = [] }, { SecurityGroups = [] }] = await Promise.all([
      ec2.send(new DescribeAddressesCommand({ Filters: [{ Name: "tag:Name", Values: [name] }] })),
      ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: "group-name", Values: [`vault1984-${name}`] }] })),
    ]);
    return {
      address: Addresses[0]?.PublicIp,
      open: [...new Set(SecurityGroups.flatMap((g) => g.IpPermissions ?? []).map((p) => p.FromPort!))].sort(
        (a, b) => a - b,
      ),
    };
  }

  /** What answers on a machine's HTTPS port at its address outside the mesh: a status, or curl's exit code. */
  async serves(name: string): Promise<string> {
    const { address } = (await this.fleet.status()).hosts.find((host) => host.name === name)!;
    const { exitCode, stdout } = await this.fleet.run("curl", [
      "-sk",
      "--max-time",
      "5",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      `https://${address}/`,
    ]);
    return exitCode === 0 ? stdout : `curl ${exitCode}`;
  }
}
