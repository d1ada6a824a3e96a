import { expect, test } from "vitest";
import { zone } from "../../src/model/dns.ts";
import { edge } from "../../src/model/edge.ts";
import { mac } from "../../src/model/host.ts";
import { planned } from "../../src/model/status.ts";
import { findings, server, sketch } from "../model/fixtures.ts";

type Parts = Parameters<typeof findings>[0];
type Status = "active" | "planned";

const macWith = (service: ReturnType<typeof sketch>, status: Status): Parts => ({
  hosts: [mac({ name: "plum", services: [status === "planned" ? planned(service) : service] })],
});
const balancer = { name: "lb", hostname: "www.example.com", origins: [{ host: "one" }] };
const [one, example] = [server("one"), zone({ name: "example.com" })];

/** What nothing deploys: how it is declared with a status, and how it is called. */
const KINDS: [what: string, declared: (status: Status) => Parts][] = [
  ["the service plum/mail on macOS", (status) => macWith(sketch("mail"), status)],
  ["the service plum/mail on macOS", (status) => macWith(sketch("mail", { runsOn: { os: ["macos"] } }), status)],
  [
    "the load balancer lb",
    (status) => ({ hosts: [one], zones: [example], edge: edge({ loadBalancers: [{ ...balancer, status }] }) }),
  ],
  [
    "the setting for api.example.com alone",
    (status) => ({ zones: [zone({ ...example, status, overrides: { "api.example.com": { browser_check: "off" } } })] }),
  ],
];

test.each(KINDS)("%s is refused while it is active, and not when it is planned", (what, declared) => {
  expect(findings(declared("active"))).toEqual([`not-deployed: ${what} is active, but nothing deploys it yet`]);
  expect(findings(declared("planned"))).toEqual([]);
});

test("a service of a planned Mac is planned, and one that is for other systems is another rule's", () => {
  const other = sketch("mail", { runsOn: { os: ["debian"] } });
  expect(findings({ hosts: [planned(mac({ name: "plum", services: [sketch("mail")] }))] })).toEqual([]);
  expect(findings({ hosts: [mac({ name: "plum", services: [other] })] })).toEqual([
    expect.stringMatching(/^platform: plum\/mail can't run on plum/),
  ]);
});
