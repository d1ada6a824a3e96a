import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { cloudflared } from "../../services/cloudflared/index.ts";
import { DeployedFleet } from "../../src/components/fleet/fleet.ts";
import { zone } from "../../src/model/dns.ts";
import { edge, tunnel } from "../../src/model/edge.ts";
import { fleet } from "../../src/model/fleet.ts";
import { vps } from "../../src/model/host.ts";
import { isSecretInput, register, revealed } from "./mocks.ts";

const deploy = (changes: object = {}) => {
  const services = [cloudflared({ tunnel: "home" })];
  const ingress = [{ hostname: "www.example.com", service: "https://localhost:443", origin: { noTLSVerify: true } }];
  const args = {
    fleet: fleet({
      name: "test",
      hosts: [vps({ name: "one", os: "debian", ipv4: "203.0.113.7", services })],
      zones: [zone({ name: "example.com", id: "7".repeat(32) })],
      edge: edge({
        account: "8".repeat(32),
        tunnels: [tunnel({ name: "home", hosts: ["one"], ingress, ...changes })],
      }),
    }),
    secrets: () => pulumi.secret(""),
    view: { existing: {}, adopt: [], asFound: false },
    operatorKeys: [],
    standIns: false,
    scriptOf: () => "",
  };
  return register(() => void new DeployedFleet("test", args));
};

test("a tunnel is itself, its configuration and its records, and its token is a secret of its host", async () => {
  const all = await deploy();
  const inputs = (name: string, type: string) => all.find((r) => r.name === name && r.type.endsWith(type))!.inputs;
  expect(inputs("home", "Cloudflared")).toMatchObject({ name: "home", configSrc: "cloudflare" });
  expect(inputs("home", "CloudflaredConfig")).toMatchObject({
    tunnelId: "home-id",
    config: {
      ingresses: [
        { hostname: "www.example.com", service: "https://localhost:443", originRequest: { noTlsVerify: true } },
        { service: "http_status:404" },
      ],
    },
  });
  expect(inputs("www.example.com CNAME", "DnsRecord")).toMatchObject({
    content: "home-id.cfargotunnel.com",
    proxied: true,
  });
  const { files, packages } = inputs("one/cloudflared", "Service");
  expect([isSecretInput(files), packages]).toEqual([true, ["cloudflared"]]);
  expect(revealed(files)["/etc/fleet/cloudflared.token"]).toMatchObject({
    content: "token-of-home-id\n",
    mode: "0600",
  });
});

test("no record leads to a standby", async () => {
  const all = await deploy({ standby: true });
  expect(all.filter(({ type }) => type.endsWith("DnsRecord"))).toEqual([]);
  expect(all.map(({ type }) => type)).toContain(
    "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared",
  );
});
