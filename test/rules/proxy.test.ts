import { expect, test } from "vitest";
import { nginx } from "../../services/nginx/index.ts";
import { a, cname, zone } from "../../src/model/dns.ts";
import type { DnsRecord } from "../../src/model/dns-record.ts";
import { addressOf } from "../../src/model/text.ts";
import { checkFleet } from "../../src/rules/check.ts";
import { findings, fleetOf, server, sketch } from "../model/fixtures.ts";

const proxied = (name: string) => a(name, addressOf("one"), { proxied: true });
const direct = (name: string) => a(name, addressOf("one"));
const site = (port: number, reachedBy?: "address") => ({
  name: "app.example.com",
  port,
  reachedBy,
  proxies: [{ path: "/", to: 8000, probe: "/health" }],
});
const served = (records: DnsRecord[], ...sites: ReturnType<typeof site>[]) => ({
  hosts: [
    server("one", {
      publicPorts: ["80/tcp", ...sites.map(({ port }) => `${port}/tcp` as const)],
      services: [nginx({ sites }), sketch("certificate-app.example.com")],
    }),
  ],
  zones: [zone({ name: "example.com", records })],
});
const refused = (port: number) =>
  `proxied-port: one/nginx is asked for at https://app.example.com:${port}, but that name is proxied, ` +
  "and Cloudflare does not carry the port";

test.each([
  ["443 by a proxied name", [proxied("app")], [site(443)], []],
  ["8443, which the proxy carries", [proxied("app")], [site(8443)], []],
  ["8300 by a proxied name", [proxied("app")], [site(443), site(8300)], [refused(8300)]],
  ["8080, which the proxy carries without TLS only", [proxied("app")], [site(8080)], [refused(8080)]],
  ["8300 by the address", [proxied("app")], [site(443), site(8300, "address")], []],
  ["8300 by a name that is not proxied", [direct("app")], [site(8300)], []],
  [
    "8300 by a name that nobody proxies any more",
    [{ ...proxied("app"), status: "planned" as const }],
    [site(8300)],
    [],
  ],
  ["8300 below a proxied wildcard", [proxied("*")], [site(8300)], [refused(8300)]],
  ["8300 by a name of its own beside a proxied wildcard", [proxied("*"), direct("app")], [site(8300)], []],
  ["8300 by a proxied alias", [cname("app", "example.net", { proxied: true })], [site(8300)], [refused(8300)]],
])("%s", (_, records, sites, expected) => expect(findings(served(records, ...sites))).toEqual(expected));

test("the finding names the files of both, and the ports that would do", () => {
  const [finding] = checkFleet(fleetOf(served([proxied("app")], site(8300))));
  expect(finding!.files).toEqual(["hosts/test/one.ts", "stacks/test/fleet.ts", "services/nginx"]);
  expect(finding!.remedy).toContain("443, 2053, 2083, 2087, 2096, 8443");
});
