import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addressIn, EDGE } from "../../../src/lab/machines/subnet.ts";
import { markText } from "../../../src/model/failover.ts";
import { httpGet } from "../../../src/probes/http.ts";
import type { DriftReport } from "../../../src/report/drift.ts";
import { scratchCheckout, type Checkout } from "./checkout.ts";

/** A machine whose tunnel has a standby on another one. Each answers its own name. Each test goes on where one has ended. */

const [ACCOUNT, ZONE] = ["8".repeat(32), "7".repeat(32)];
const host = (name: string, tunnel: string) => `
import { z } from "zod";
import { cloudflared } from "../../services/cloudflared/index.ts";
import { pi } from "../../src/model/host.ts";
import { service } from "../../src/model/service.ts";

const page = service("page", {
  args: z.strictObject({}),
  render: () => ({
    files: { "/srv/page/index.html": { content: "${name}" } },
    directories: { "/srv/page": {} },
    units: { "page.service": {
      text: "[Service]\\nExecStart=/usr/bin/python3 -m http.server -d /srv/page --bind 127.0.0.1 3000\\n" +
        "[Install]\\nWantedBy=multi-user.target\\n",
    } },
  }),
});

export default pi({ name: "${name}", os: "debian", services: [page({}), cloudflared({ tunnel: "${tunnel}" })] });
`;
const files = {
  "stacks/pair/fleet.ts": `
import { zone } from "../../src/model/dns.ts";
import { edge, tunnel } from "../../src/model/edge.ts";
import { fleet } from "../../src/model/fleet.ts";
import type { Host } from "../../src/model/host.ts";

const ingress = [{ hostname: "www.pair.example", service: "http://localhost:3000" }];
export default (hosts: Host[]) => fleet({
  name: "pair",
  hosts,
  zones: [zone({ name: "pair.example", id: "${ZONE}" })],
  edge: edge({ account: "${ACCOUNT}", tunnels: [
    tunnel({ name: "home", hosts: ["alpha"], ingress, failover: { to: "spare", after: "10 s" } }),
    tunnel({ name: "spare", hosts: ["beta"], ingress, standby: true }),
  ] }),
});
`,
  "hosts/pair/alpha.ts": host("alpha", "home"),
  "hosts/pair/beta.ts": host("beta", "spare"),
};

let pair: Checkout;
beforeAll(async () => {
  pair = await scratchCheckout("pair", files);
  expect(await pair.up()).toMatchObject({ exitCode: 0 });
});
afterAll(async () => pair?.[Symbol.asyncDispose]());

const fleet = (command: string, ...options: string[]) => pair.fleet([command, "pair", "alpha", "--lab", ...options]);
async function visit(): Promise<string> {
  const { subnet } = JSON.parse(await readFile(join(pair.lab, "lab.json"), "utf8")) as { subnet: string };
  const ask = { tls: true, port: 443, host: "www.pair.example", path: "/", headers: {} };
  const { status, body } = await httpGet({ ...ask, address: addressIn(subnet, EDGE) });
  return `${status} ${body}`.trim();
}
/** Exit code of drift, and what it says of the name. */
async function drift() {
  const { exitCode, drift: report } = await pair.drift();
  const row = (report as DriftReport).resources.find(({ name }) => name === "www.pair.example CNAME")!;
  return [exitCode, row.status, row.failedOver?.why ?? null];
}
const changes = async () => (await pair.up()).changes.resources.filter(({ op }) => op !== "same");

test("the names of a machine that hangs are moved without it, and nothing moves them back", async () => {
  expect(await visit()).toBe("200 alpha");
  await pair.ssh("alpha", "systemctl stop cloudflared");
  expect(await visit()).toMatch(/^530/);
  const done = await fleet("failover", "--to", "beta", "--why", "it hangs");
  expect([done.exitCode, done.stderr]).toEqual([0, expect.not.stringContaining("warning") as string]);
  expect(await visit()).toBe("200 beta");
  expect(await drift()).toEqual([2, "same", "it hangs"]);
  // The connector is put back, and the name stays.
  expect((await changes()).map(({ urn }) => urn.split("::").at(-1))).toEqual(["alpha/cloudflared"]);
  expect(await drift()).toEqual([0, "same", "it hangs"]);
  expect(await visit()).toBe("200 beta");
});

test("a failback leads them back, and leaves nothing behind", async () => {
  expect(await fleet("failback")).toMatchObject({ exitCode: 0 });
  expect(await visit()).toBe("200 alpha");
  expect([await drift(), await changes()]).toEqual([[0, "same", null], []]);
});

test("what the state was not told of is found by the next run", async () => {
  type Listed = { result: { id: string; name: string; content: string }[] };
  const records = `/zones/${ZONE}/dns_records`;
  const { id, content } = (await pair.cloud<Listed>("cloudflare", "GET", records)).result[0]!;
  const tunnels = await pair.cloud<Listed>("cloudflare", "GET", `/accounts/${ACCOUNT}/cfd_tunnel`);
  const spare = `${tunnels.result.find(({ name }) => name === "spare")!.id}.cfargotunnel.com`;
  const mark = { since: "2026-11-30T07:18:19Z", by: "ann", from: "home", to: "spare", why: "elsewhere" };
  const lead = (to: string, comment: string) =>
    pair.cloud("cloudflare", "PATCH", `${records}/${id}`, { content: to, comment });
  await lead(spare, markText(mark));
  expect([await drift(), await changes(), await drift()]).toEqual([
    [0, "same", "elsewhere"],
    [],
    [0, "same", "elsewhere"],
  ]);
  await lead(content, "");
  expect([await drift(), await changes()]).toEqual([[0, "same", null], []]);
  // Without a mark it is drift as ever, and put back.
  await lead(spare, "");
  expect(await drift()).toEqual([2, "drifted", null]);
  expect((await changes()).length).toBe(1);
  expect(await visit()).toBe("200 alpha");
});

test("a watch fails over by itself after the declared silence, once", async () => {
  const watch = pair.start(["failover", "pair", "alpha", "--lab", "--watch"]);
  await pair.ssh("alpha", "systemctl stop cloudflared");
  const { exitCode, stderr } = await watch.ended;
  expect([exitCode, stderr]).toEqual([
    0,
    expect.stringMatching(/from home to spare: no connection for 1\d s/) as string,
  ]);
  expect(await visit()).toBe("200 beta");
  expect(await fleet("failover", "--watch")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("failed over since") as string,
  });
});
