import { z } from "zod";
import { aptSystems } from "../../src/model/platform.ts";
import { tcp } from "../../src/model/port.ts";
import { service } from "../../src/model/service.ts";
import { certificateService } from "../certificate/files.ts";
import { hardenedHeaders } from "./headers.ts";
import { nginxConf } from "./nginx-conf.ts";
import { siteConf, siteSchema } from "./site.ts";

/**
 * nginx with HTTPS sites in front of ports of the host. Plain HTTP is only ever answered with a redirect, but for what an
 * ACME authority asks.
 */
export const nginx = service("nginx", {
  args: z.strictObject({
    sites: z
      .array(siteSchema)
      .min(1, "must name at least one site")
      .refine(
        (sites) => new Set(sites.map(siteFile)).size === sites.length,
        "two sites have the same name and port: merge their proxies",
      ),
  }),
  runsOn: { os: aptSystems },
  dependsOn: (a) => [...new Set(a.sites.map((s) => certificateService(s.name)))],
  ports: (a) => [80, ...new Set(a.sites.map((s) => s.port))].map((port) => tcp(port)),
  render: (a) => ({
    packages: ["nginx"],
    files: {
      "/etc/nginx/nginx.conf": { content: nginxConf },
      ...Object.fromEntries(a.sites.map((site) => [siteFile(site), { content: siteConf(site) }])),
    },
    units: { "nginx.service": { onChange: "reload" } },
    validations: [{ command: "nginx -t" }],
    checks: [
      { kind: "http", url: "http://127.0.0.1/", status: 301 },
      ...a.sites.map((site) => ({ kind: "tcp" as const, port: site.port })),
    ],
  }),
  probes: (a) => [
    ...[...new Set(a.sites.filter((s) => s.reachedBy === "name").map((s) => s.name))].map((host) => ({
      kind: "http" as const,
      tls: false,
      port: 80,
      host,
      path: "/",
      status: 301,
      headers: { location: `https://${host}/` },
      send: {},
    })),
    ...a.sites.flatMap((site) =>
      site.proxies.map(({ probe, status }) => ({
        kind: "http" as const,
        tls: true,
        port: site.port,
        ...(site.reachedBy === "name" && { host: site.name }),
        path: probe,
        status,
        headers: hardenedHeaders(site),
        send: {},
      })),
    ),
  ],
});

const siteFile = (site: { name: string; port: number }): string => `/etc/nginx/conf.d/${site.name}-${site.port}.conf`;
