import { afterAll, beforeAll, expect, test } from "vitest";
import { scratchCheckout, type Checkout } from "./checkout.ts";

/** The fleet blackroad as its owner has it: from nothing, a second time, as visitors see it, changed by hand. */
let fleet: Checkout;
beforeAll(async () => void (fleet = await scratchCheckout("blackroad", ["hosts/blackroad", "stacks/blackroad"])));
afterAll(async () => fleet?.[Symbol.asyncDispose]());

test("it comes up from nothing, and a second up changes nothing", async () => {
  const first = await fleet.up();
  expect([first.exitCode, first.stderr]).toEqual([0, expect.any(String)]);
  const { exitCode, changes } = await fleet.up();
  expect([exitCode, changes.summary.same]).toEqual([0, changes.resources.length]);
});

test("visitors are answered through edge, Workers and tunnel, and nothing else is open", async () => {
  const { exitCode, stdout, stderr } = await fleet.fleet(["check", "blackroad", "--lab"]);
  expect([exitCode, stdout], stderr).toEqual([0, expect.stringContaining("✓ https://api.blackroad.io/")]);
});

test("changes by hand on machines, in the tailnet and at Cloudflare are found, and healed", async () => {
  await fleet.ssh("pi5-alpha", "sudo kill -STOP $(sudo podman inspect -f '{{.State.Pid}}' website)");
  await fleet.ssh("pi400-delta", "echo '# by hand' | sudo tee -a /etc/prometheus/prometheus.yml");
  await fleet.ssh("pi5-gamma", "sudo systemctl stop redis-server");
  const { url, token } = (await fleet.status()).clouds.tailscale!;
  const policy = { method: "POST", headers: { authorization: `Bearer ${token}` }, body: '{"grants": []}' };
  expect((await fetch(`${url}/api/v2/tailnet/-/acl`, policy)).status).toBe(200);
  type Found<T> = { result: T[] };
  const { result: zones } = await fleet.cloud<Found<{ id: string; name: string }>>("cloudflare", "GET", "/zones");
  const records = `/zones/${zones.find(({ name }) => name === "blackroad.io")!.id}/dns_records`;
  const { result } = await fleet.cloud<Found<{ id: string; name: string }>>("cloudflare", "GET", records);
  const { id } = result.find(({ name }) => name === "www.blackroad.io")!;
  await fleet.cloud("cloudflare", "PATCH", `${records}/${id}`, { proxied: false });

  const found = await fleet.drift();
  expect([
    found.exitCode,
    found.drift.resources
      .filter((r) => r.status !== "same")
      .map((r) => r.name)
      .sort(),
  ]).toEqual([
    2,
    ["pi400-delta/prometheus", "pi5-alpha/website", "pi5-gamma/redis", "tailnet-policy", "www.blackroad.io CNAME"],
  ]);
  const healed = await fleet.fleet(["drift", "blackroad", "--lab", "--fix"]);
  expect(healed.exitCode, healed.stderr).toBe(0);
  expect(await fleet.drift()).toMatchObject({ exitCode: 0, drift: { summary: { drifted: 0, unknown: 0 } } });
});
