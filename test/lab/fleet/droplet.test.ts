import { afterAll, beforeAll, expect, test } from "vitest";
import { scratchCheckout, type Checkout } from "./checkout.ts";

const host = `
import { base } from "../../services/base/index.ts";
import { custom } from "../../services/custom/index.ts";
import { digitalocean } from "../../src/model/host.ts";

export default digitalocean({
  name: "spare", size: "s-1vcpu-1gb", region: "nyc3", os: "debian", roles: ["standby"], publicPorts: ["80/tcp"],
  services: [base({}), custom({ name: "motd", bundle: { files: { "/etc/motd": { content: "spare\\n" } } } })],
});
`;
/** One that was there before the fleet. */
const veteran = host
  .replace('"spare"', '"veteran"')
  .replace("os:", 'ipv4: "203.0.113.50", adopt: true, os:')
  .replace("spare\\n", "veteran\\n");
/** Host key, tag, firewall, droplet, two services, and the component. */
const ITS = 7;

let checkout: Checkout;
beforeAll(async () => {
  checkout = await scratchCheckout();
  for (const name of ["old", "new", "pi"]) await checkout.remove(`hosts/tiny/${name}.ts`);
  await checkout.write("hosts/tiny/spare.ts", host);
  await checkout.write("hosts/tiny/veteran.ts", veteran);
});
afterAll(() => checkout[Symbol.asyncDispose]());

interface Droplet {
  id: number;
  name: string;
  tags: string[];
  size_slug: string;
}
const call = <T>(method: string, path: string, body?: object) =>
  checkout.cloud<T>("digitalocean", method, `/v2${path}`, body);
const droplets = async (name = "spare") =>
  (await call<{ droplets: Droplet[] }>("GET", `/droplets?name=${name}`)).droplets;
const firewall = async () => (await call<{ firewalls: { id: string }[] }>("GET", "/firewalls")).firewalls[0]!;
const drifted = async () => {
  const { drift } = await checkout.drift();
  return Object.fromEntries(
    drift.resources
      .filter(({ status }) => status !== "same")
      .map(({ name, status, changes }) => [name, status === "drifted" ? changes.map(({ path }) => path) : status]),
  );
};
const fix = () => checkout.fleet(["drift", "tiny", "--lab", "--fix", "--yes"]);

test("one file makes a droplet that boots with its services, or adopts one; what is changed by hand is seen and healed; without the file it is gone", async () => {
  expect(await checkout.up()).toMatchObject({ exitCode: 0, stderr: expect.any(String) });
  expect(await checkout.ssh("veteran", "cat /etc/motd")).toBe("veteran");
  expect(await droplets("veteran")).toMatchObject([{ tags: expect.arrayContaining(["fleet:tiny", "host:veteran"]) }]);
  expect(await checkout.up()).toMatchObject({ exitCode: 0, changes: { summary: { create: 0, update: 0 } } });
  expect(await checkout.ssh("spare", "cat /etc/motd")).toBe("spare");
  const [made] = await droplets();

  await call("POST", `/firewalls/${(await firewall()).id}/rules`, {
    inbound_rules: [{ protocol: "tcp", ports: "8443", sources: { addresses: ["0.0.0.0/0"] } }],
  });
  await call("DELETE", "/tags/role:standby/resources", {
    resources: [{ resource_id: String(made!.id), resource_type: "droplet" }],
  });
  expect(await drifted()).toEqual({
    spare: ['tags["role:standby"]'],
    "spare-firewall": ['inboundRules["8443/tcp from 0.0.0.0/0"]'],
  });
  // What was changed alone is touched, although services hang on the droplet.
  expect(await fix()).toMatchObject({ exitCode: 0 });
  expect(await drifted()).toEqual({});

  await checkout.write("hosts/tiny/spare.ts", host.replace("s-1vcpu-1gb", "s-1vcpu-2gb"));
  expect(await checkout.up()).toMatchObject({ exitCode: 0, changes: { summary: { update: 1, replace: 0 } } });
  expect(await droplets()).toMatchObject([{ id: made!.id, size_slug: "s-1vcpu-2gb" }]);

  await call("DELETE", `/droplets/${made!.id}`);
  await expect.poll(async () => (await droplets()).length, { timeout: 60_000 }).toBe(0);
  expect(await fix()).toMatchObject({ exitCode: 0 });
  expect(await checkout.ssh("spare", "cat /etc/motd")).toBe("spare");
  expect(await drifted()).toEqual({});

  await checkout.remove("hosts/tiny/spare.ts");
  expect(await checkout.up(["--allow-deletes", String(ITS)])).toMatchObject({
    exitCode: 0,
    changes: { summary: { create: 0, update: 0, delete: ITS } },
  });
  expect(await droplets()).toEqual([]);
  expect(await droplets("veteran")).toHaveLength(1);
});
