import { z } from "zod";
import { service } from "../../src/model/service.ts";
import { systemdUnit, timerUnit } from "../../src/render/systemd.ts";
import { hardened } from "../hardening/index.ts";
import { packagesOf, scriptFile, scriptService } from "../shell/index.ts";
import { vault } from "../vault1984/paths.ts";
import { PUSH, pushFile } from "./push.ts";
import { heartbeatScript } from "./script.ts";

/** Pushes how the vault on this host is to Uptime Kuma, every so many seconds, by the mesh. */
export const heartbeat = service("heartbeat", {
  args: z.strictObject({
    /** Seconds between two heartbeats. */
    every: z.int().min(5).max(3600),
    /** The name that Kuma is served under, and the hub's address in the mesh, where it is reached. */
    to: z.strictObject({ name: z.hostname('must be a host name such as "soc.example.com"'), address: z.ipv4() }),
    /**
     * What proves that it is Kuma who is told: the mesh alone, whatever the certificate, or a certificate of a known
     * authority besides.
     */
    trust: z.enum(["mesh", "authority"]),
    /** The names whose certificates are looked at; the one that ends first is told. */
    domains: z.array(z.hostname('must be a host name such as "tokyo.example.com"')).min(1, "must name at least one"),
    /** Port of the loopback where the vault tells its sessions and requests. */
    statusPort: z.int().min(1).max(65535),
    /** What ram_mb counts: memory that is in use, or that is still to be had. */
    ram: z.enum(["used", "available"]),
    /** Minutes until a sound database is checked again. */
    integrityMinutes: z.int().min(1).max(1440),
  }),
  dependsOn: () => ["vault1984", "wireguard", "secrets-dir"],
  render: (a, host) => ({
    packages: packagesOf(host, { debian: ["curl", "openssl", "sqlite3"], nixos: ["curl", "openssl", "sqlite"] }),
    files: {
      ...pushFile(a.to.name, host.name, 'url = "', '"'),
      ...scriptFile("heartbeat", heartbeatScript({ ...a, node: host.name })),
    },
    units: {
      "heartbeat.service": { text: unit, enabled: false, active: false, onChange: "nothing" },
      "heartbeat.timer": { text: timerUnit({ description: "Heartbeats", timer: { every: a.every } }) },
    },
  }),
});

/** As the vault's own account, because whoever opens a database in WAL mode may make files beside it. */
const unit = systemdUnit({
  Unit: { Description: "A heartbeat to Uptime Kuma", After: ["network-online.target", "wireguard.service"] },
  Service: {
    ...scriptService("heartbeat"),
    User: vault.account,
    LoadCredential: `push:${PUSH}`,
    RuntimeDirectory: "heartbeat",
    RuntimeDirectoryPreserve: true,
    TimeoutStartSec: 60,
    ...hardened({ writes: [vault.home] }),
  },
});
