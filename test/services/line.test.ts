import { expect, test } from "vitest";
import { servicesOf } from "../../services/wireguard/mesh.ts";
import { sshMesh } from "../../services/ssh-mesh/index.ts";
import { loadFleet } from "../../src/load/fleet.ts";
import type { Bundle } from "../../src/model/bundle.ts";
import { contextOf } from "../../src/model/host.ts";
import { cutting, type Touched } from "../../src/provider/remote/harmless.ts";
import { host, show } from "./render.ts";

/** All that a service brings to a host which has nothing of it. */
const broughtBy = (bundle: Bundle): Touched => ({
  paths: [
    ...Object.keys({ ...bundle.directories, ...bundle.files, ...bundle.artifacts }),
    ...Object.keys(bundle.cron).map((name) => `/etc/cron.d/${name}`),
    ...Object.entries(bundle.units).flatMap(([name, { text }]) => (text ? [`/etc/systemd/system/${name}`] : [])),
  ],
  units: Object.entries(bundle.units).map(([name, { text, dropIns }]) => ({
    name,
    texts: [...(text ? [text] : []), ...Object.values(dropIns)].map(show),
  })),
  accounts: Object.keys(bundle.users),
  groups: [...Object.keys(bundle.groups), ...Object.values(bundle.users).flatMap(({ groups }) => groups)],
  kernel: Object.keys(bundle.sysctl),
  options: Object.keys(bundle.options),
});
const cut = (bundle: Bundle) => cutting(broughtBy(bundle), { user: "root" }) ?? "-";

/** Kind and system → what of it may cut the line. */
async function fleetsTable(): Promise<Record<string, string>> {
  const fleets = await Promise.all(["alaivos", "vault1984"].map((name) => loadFleet(name)));
  const rows = fleets.flatMap(({ fleet }) => {
    const services = servicesOf(fleet);
    return fleet.hosts.flatMap((one) =>
      services(one).map((service) => ({
        kind: `${service.kind}${one.os === "nixos" ? " on NixOS" : ""}`,
        cut: cut(service.render(contextOf(one))).replace(
          `${service.name}.`,
          service.name === service.kind ? "$&" : "NAME.",
        ),
      })),
    );
  });
  return Object.fromEntries(
    [...Map.groupBy(rows, ({ kind }) => kind)].map(([kind, of]) => [
      kind,
      [...new Set(of.map((row) => row.cut))].join(),
    ]),
  );
}

test("what the services of the fleets may cut", async () => {
  expect(await fleetsTable()).toEqual({
    // Its renewals run as root, who reloads other units.
    acme: "the unit NAME.service",
    app: "-",
    base: "-",
    certificate: "-",
    "certificate-watchdog": "-",
    "certificate-watchdog on NixOS": "-",
    // Root hands the certificate over.
    coturn: "the unit coturn.service",
    "cron-job": "-",
    docker: "the unit docker.service",
    firewall: "the path /etc/nftables.conf",
    "firewall on NixOS": "the unit firewall.service",
    "heartbeat on NixOS": "-",
    // Programs of the owner's own; some are root's.
    job: "-,the unit NAME.service",
    "kuma-monitor": "-",
    nginx: "-",
    "nix-gc on NixOS": "-",
    ntfy: "-",
    ollama: "-",
    rclone: "-",
    "rsync-inbox": "-",
    "rsync-push": "-",
    "secret-file": "-",
    "secrets-dir": "-",
    "secrets-dir on NixOS": "-",
    "ssh-mesh on NixOS": "the unit sshd.service",
    "time-sync": "-",
    "time-sync on NixOS": "-",
    "uptime-kuma": "the unit uptime-kuma.service",
    "vault1984 on NixOS": "-",
    wireguard: "the path /etc/fleet/wireguard.sh",
    "wireguard on NixOS": "the path /etc/fleet/wireguard.sh",
    wrangler: "-",
  });
});

test("sshd in the mesh may cut the line on Debian too", () => {
  const bundle = sshMesh({}).render(host({ addresses: { mesh: "10.84.0.1" } }));
  expect(cut(bundle)).toBe("the path /etc/ssh/sshd_config.d/20-fleet-mesh.conf");
});
