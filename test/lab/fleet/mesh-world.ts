import { expect } from "vitest";
import type { Checkout } from "./checkout.ts";
import type { Ended } from "./commands.ts";

/** What is there of the fleet "mesh" in its lab, asked of the machines themselves. */
export class MeshWorld {
  private readonly fleet: Checkout;
  constructor(fleet: Checkout) {
    this.fleet = fleet;
  }

  rotate = (...args: string[]): Promise<Ended> => this.fleet.fleet(["mesh", "rotate", "mesh", "--lab", ...args]);
  publicKey = (host: string): Promise<string> => this.fleet.ssh(host, "wg pubkey </var/lib/wireguard/private.key");
  /** The key that waits to be switched to; "" when none does. */
  nextKey = (host: string): Promise<string> =>
    this.fleet.ssh(host, "wg pubkey </var/lib/wireguard/next.key 2>/dev/null || true");
  usedKey = (host: string): Promise<string> => this.fleet.ssh(host, "wg show wg0 public-key");
  peersOf = async (host: string): Promise<string[]> =>
    (await this.fleet.ssh(host, "wg show wg0 peers")).split("\n").sort();
  /** Whether the host with this last number of its address in the mesh answers, "yes" or "no". */
  answers = (from: string, last: number): Promise<string> =>
    this.fleet.ssh(from, `ping -q -c 1 -W 2 10.84.0.${last} >/dev/null && echo yes || echo no`);

  /**
   * Every tunnel works, the hub knows exactly the keys that its spokes use, nobody has another one waiting, and nothing
   * is left to do.
   */
  async expectInOrder(): Promise<void> {
    const tunnels = [this.answers("hub", 2), this.answers("hub", 3), this.answers("ada", 1), this.answers("bob", 1)];
    expect(await Promise.all(tunnels)).toEqual(["yes", "yes", "yes", "yes"]);
    const keys = await Promise.all(["ada", "bob", "hub"].map(this.usedKey));
    expect(await Promise.all(["ada", "bob", "hub"].map(this.publicKey))).toEqual(keys);
    expect(await this.peersOf("hub")).toEqual(keys.slice(0, 2).sort());
    expect([await this.peersOf("ada"), await this.peersOf("bob")]).toEqual([[keys[2]], [keys[2]]]);
    expect(await Promise.all(["ada", "bob", "hub"].map(this.nextKey))).toEqual(["", "", ""]);
    expect((await this.fleet.drift()).drift.summary).toEqual({ same: 6, drifted: 0, unknown: 0 });
  }
}
