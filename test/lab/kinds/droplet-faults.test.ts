import { afterAll, beforeAll, expect, test } from "vitest";
import { digitalocean } from "../../../src/model/host.ts";
import { done, startWorld, type FleetInput, type World } from "./world.ts";

/** What DigitalOcean may refuse or lose, and how the next `up` goes on. */

let world: World;
beforeAll(async () => void (world = await startWorld({ aws: false, digitalocean: true })));
afterAll(() => world.close());

const spare: FleetInput = {
  name: "faults",
  hosts: [digitalocean({ name: "spare", size: "s-1vcpu-1gb", region: "nyc3", os: "debian" })],
};
const up = async () => done(await world.up(spare));
const named = async (list: "droplets" | "firewalls" | "tags") => {
  const answer = (await world.digitalocean!.done("GET", `/${list}`)) as Record<string, { name: string }[]>;
  return answer[list]!.map(({ name }) => name).sort();
};

test("what is refused is told in the vendor's words; a busy API is asked again; a lost reply makes nothing twice", async () => {
  const { faults } = world.digitalocean!;
  const lose = (path: string) => faults.add({ fault: "lost-reply", method: "POST", path, times: 1 });
  lose("/tags");
  await expect(up()).rejects.toThrow(/POST \/tags: no answer/);
  lose("/firewalls");
  faults.add({ fault: "status", status: 429, times: 1 });
  await expect(up()).rejects.toThrow(/POST \/firewalls: no answer/);
  // A size that is sold out.
  faults.add({ fault: "status", status: 422, method: "POST", path: "/droplets", times: 1 });
  await expect(up()).rejects.toThrow(/DigitalOcean refused POST \/droplets with 422/);
  expect(await named("droplets")).toEqual([]);
  lose("/droplets");
  await expect(up()).rejects.toThrow(/POST \/droplets: no answer/);

  expect(await up()).toEqual(["import spare"]);
  expect(await up()).toEqual([]);
  expect([await named("droplets"), await named("firewalls"), await named("tags")]).toEqual([
    ["spare"],
    ["faults-spare"],
    ["firewall:faults:spare", "fleet:faults", "host:spare", "managed-by:fleet"],
  ]);
});
