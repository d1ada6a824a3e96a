import { describe, expect, test } from "vitest";
import { a, zone } from "../../src/model/dns.ts";
import { aws, vps } from "../../src/model/host.ts";
import {
  behindFirewall,
  independent,
  labelled,
  neverProxied,
  noPublicSsh,
  onlyArch,
  without,
} from "../../src/model/policies.ts";
import { tcp } from "../../src/model/port.ts";
import { planned } from "../../src/model/status.ts";
import { addressOf, text } from "../../src/model/text.ts";
import { findings, sketch } from "./fixtures.ts";

const all = () => true;
const spoke = (name: string, changes: Partial<Omit<Parameters<typeof aws>[0], "os" | "release">> = {}) =>
  aws({
    name,
    type: "t4g.nano",
    region: "eu-west-2",
    os: "nixos",
    mesh: `10.84.0.${name.length + 1}`,
    roles: ["spoke"],
    ...changes,
  });
const hub = vps({ name: "hub", os: "debian", ipv4: "192.0.2.1", mesh: "10.84.0.1", publicPorts: ["51820/udp"] });
const mesh = { type: "wireguard", network: "10.84.0.0/24", hub: "hub" } as const;

describe("policies", () => {
  test("words alone refuse nothing, and neither does a sound fleet", () => {
    expect(findings({ policies: { honest: "We tell the truth" } })).toEqual([]);
    const spokes = (host: { name: string }) => host.name !== "hub";
    expect(
      findings({
        mesh,
        hosts: [hub, spoke("a"), spoke("bb")],
        zones: [zone({ name: "example.com", records: [a("a", addressOf("a"))] })],
        policies: {
          proxy: neverProxied("DNS only"),
          ssh: noPublicSsh("SSH in the mesh only", spokes),
          arm: onlyArch("ARM only", "arm64", spokes),
          alone: independent("Nodes are independent", spokes),
          tags: labelled("Tags on everything", ["fleet", "host", "role"], spokes),
          caddy: without("No Caddy", ["caddy"], spokes),
        },
      }),
    ).toEqual([]);
  });

  const proxied = zone({ name: "example.com", records: [a("a", "192.0.2.1", { proxied: true })] });
  const sshd = sketch("sshd", { ports: [tcp(22)] });
  const knows = sketch("app", { bundle: { files: { "/etc/app": { content: text`peer=${addressOf("bb")}` } } } });
  test.each([
    [
      "a proxied record",
      { zones: [proxied], policies: { p: neverProxied("DNS only") } },
      "the A record a of example.com is proxied (policy p: DNS only)",
    ],
    [
      "SSH opened to the public",
      { hosts: [spoke("a", { publicPorts: ["22/tcp"] })], policies: { p: noPublicSsh("mesh only", all) } },
      "a opens SSH (22/tcp) to the public (policy p: mesh only)",
    ],
    [
      "SSH in a range, at another port",
      {
        hosts: [spoke("a", { sshPort: 2222, publicPorts: ["2000-3000/tcp"] })],
        policies: { p: noPublicSsh("mesh only", all) },
      },
      "a opens SSH (2222/tcp) to the public (policy p: mesh only)",
    ],
    [
      "a host without a mesh address",
      { hosts: [spoke("a", { mesh: undefined })], policies: { p: noPublicSsh("mesh only", all) } },
      "a has no address in the mesh, so that SSH would have to be public (policy p: mesh only)",
    ],
    [
      "a host whose ports nothing closes",
      {
        hosts: [
          spoke("a", { adopt: true, services: [planned(sketch("firewall"))] }),
          spoke("bb", { adopt: true, publicPorts: ["22/tcp"], services: [sketch("firewall")] }),
          spoke("ccc"),
        ],
        policies: { p: behindFirewall("closed", all) },
      },
      "nothing on a closes what publicPorts does not name (policy p: closed)",
    ],
    [
      "another architecture",
      { hosts: [spoke("a", { type: "t3.nano" })], policies: { p: onlyArch("ARM only", "arm64", all) } },
      "a is amd64, not arm64 (policy p: ARM only)",
    ],
    [
      "a program that does not belong",
      {
        hosts: [spoke("a", { services: [sketch("web", { bundle: { packages: ["caddy"] } })] })],
        policies: { p: without("No Caddy", ["caddy"], all) },
      },
      "a/web puts caddy on a (policy p: No Caddy)",
    ],
    [
      "a service waiting for one of another host",
      {
        hosts: [
          spoke("a", { services: [sketch("app", { dependsOn: ["bb/db"] })] }),
          spoke("bb", { services: [sketch("db")] }),
        ],
        policies: { p: independent("alone", all) },
      },
      "a/app waits for bb/db, another of the hosts that are to be independent (policy p: alone)",
    ],
    [
      "a file that names another host's address",
      { hosts: [spoke("a", { services: [knows] }), spoke("bb")], policies: { p: independent("alone", all) } },
      "a/app needs the address of bb, another of the hosts that are to be independent (policy p: alone)",
    ],
    [
      "a missing label",
      { hosts: [spoke("a", { roles: [] })], policies: { p: labelled("tags", ["role"], all) } },
      "a has no label role (policy p: tags)",
    ],
  ] as const)("%s is refused", (_, parts, message) => {
    expect(findings(parts as unknown as Parameters<typeof findings>[0]).filter((f) => f.startsWith("policy:"))).toEqual(
      [`policy:p: ${message}`],
    );
  });

  test("SSH offered to the public by a service is refused beside the port", () => {
    const breaches = findings({
      hosts: [spoke("a", { services: [sshd], publicPorts: ["22/tcp"] })],
      policies: { p: noPublicSsh("mesh only", all) },
    });
    expect(breaches.filter((f) => f.includes("a/sshd offers SSH"))).toHaveLength(1);
  });

  test("hosts that a policy is not about, and planned ones, may do as they like", () => {
    const loose = spoke("a", { publicPorts: ["22/tcp"], type: "t3.nano" });
    expect(
      findings({
        hosts: [loose],
        policies: { ssh: noPublicSsh("x", (h) => h.name !== "a"), arm: onlyArch("x", "arm64", () => false) },
      }),
    ).toEqual([]);
    expect(
      findings({ hosts: [planned(loose)], policies: { ssh: noPublicSsh("x", all), arm: onlyArch("x", "arm64", all) } }),
    ).toEqual([]);
  });
});
