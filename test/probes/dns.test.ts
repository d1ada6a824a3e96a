import { afterEach, beforeEach, expect, test } from "vitest";
import { dnsResults } from "../../src/probes/dns.ts";
import { a, txt, zone } from "../../src/model/dns.ts";
import { aws, vps } from "../../src/model/host.ts";
import { addressOf } from "../../src/model/text.ts";
import { startCloudflare, zone_id } from "../clouds/cloudflare-cloud.ts";
import { fleetOf } from "../model/fixtures.ts";

let cloud: Awaited<ReturnType<typeof startCloudflare>>;
beforeEach(async () => void (cloud = await startCloudflare()));
afterEach(() => cloud.close());

const hosts = [
  vps({ name: "hub", os: "debian", ipv4: "192.0.2.1" }),
  aws({ name: "oslo", type: "t4g.nano", region: "eu-north-1", os: "nixos" }),
  aws({ name: "rome", type: "t4g.nano", region: "eu-south-1", os: "nixos" }),
];
/** A fleet without an account at Cloudflare: it has a zone and nothing else there. */
const fleet = fleetOf({
  hosts,
  zones: [
    zone({
      name: "example.com",
      id: zone_id,
      records: [
        a("noc", addressOf("hub")),
        a("oslo", addressOf("oslo")),
        a("rome", addressOf("rome")),
        a("www", addressOf("hub"), { status: "planned" }),
        txt("@", "hello"),
      ],
    }),
  ],
});
const made = { oslo: "198.51.100.7" };
const check = (token: string | undefined = cloud.token, addresses: Record<string, string> = made) =>
  dnsResults(fleet, { CLOUDFLARE_BASE_URL: cloud.url, CLOUDFLARE_API_TOKEN: token }, addresses);
const put = (type: string, name: string, content: string) =>
  fetch(`${cloud.url}/zones/${zone_id}/dns_records`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.token}`, "content-type": "application/json" },
    body: JSON.stringify({ type, name, content, ttl: 1 }),
  }).then((answer) => expect(answer.ok).toBe(true));

const NAMES = ["noc.example.com A 192.0.2.1", "oslo.example.com A 198.51.100.7", "example.com TXT hello"];
const rows = (problem: string | undefined, names = NAMES) =>
  names.map((name) => ({ what: `DNS answers ${name}`, problem }));

test("each record is asked for with the address that its machine has; what is planned or not made yet is no check", async () => {
  expect(await check()).toEqual(rows("the record is not there"));
  await put("A", "noc.example.com", "192.0.2.1");
  await put("A", "oslo.example.com", "203.0.113.9");
  await put("TXT", "example.com", "hello");
  expect((await check()).map(({ problem }) => problem)).toEqual([undefined, "the record is not there", undefined]);
});

test("what cannot be asked is unknown", async () => {
  const unknown = { unknown: true };
  expect(await check("")).toEqual(
    rows("there is no CLOUDFLARE_API_TOKEN to ask with").map((row) => ({ ...row, ...unknown })),
  );
  expect(await check("wrong")).toEqual(NAMES.map((): unknown => expect.objectContaining(unknown)));
});

test("a fleet without a zone at Cloudflare asks nobody", async () =>
  expect(await dnsResults(fleetOf({ hosts }), { CLOUDFLARE_BASE_URL: "http://127.0.0.1:1" }, {})).toEqual([]));
