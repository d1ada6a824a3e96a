import { describe, expect, test } from "vitest";
import { firewall } from "../../services/firewall/index.ts";
import { nixGc } from "../../services/nix-gc/index.ts";
import { sshMesh } from "../../services/ssh-mesh/index.ts";
import { timeSync } from "../../services/time-sync/index.ts";
import { ports, tcp, udp } from "../../src/model/port.ts";
import { fileText, host, show } from "./render.ts";

const spoke = (changes = {}) =>
  host({
    name: "tokyo",
    os: "nixos",
    arch: "arm64",
    addresses: { mesh: "10.84.0.22" },
    publicPorts: [tcp(80), tcp(443)],
    ...changes,
  });
const hub = (changes = {}) =>
  host({
    name: "zurich",
    addresses: { mesh: "10.84.0.1" },
    publicPorts: [tcp(443), udp(51820), udp(ports(60000, 61000))],
    ...changes,
  });

describe("sshd in the mesh", () => {
  test("NixOS: by options, on the one address, with its port open to the mesh alone", () => {
    const { options, files, sysctl, units } = sshMesh({}).render(spoke());
    expect(options).toMatchObject({
      "services.openssh.listenAddresses": [{ addr: "10.84.0.22", port: 22 }],
      "services.openssh.openFirewall": false,
      "networking.firewall.interfaces.wg0.allowedTCPPorts": [22],
      "services.openssh.settings.PasswordAuthentication": false,
    });
    expect([files, Object.keys(units)]).toEqual([{}, ["sshd.service"]]);
    expect(sysctl).toEqual({ "net.ipv4.ip_nonlocal_bind": "1" });
  });
  test("Debian: by a file that sshd itself has checked", () => {
    const bundle = sshMesh({}).render(hub());
    expect(fileText(sshMesh({}), "/etc/ssh/sshd_config.d/20-fleet-mesh.conf", hub())).toMatch(
      /^ListenAddress 10\.84\.0\.1\nPasswordAuthentication no$/m,
    );
    expect([bundle.options, bundle.validations, bundle.sysctl]).toEqual([
      {},
      [{ command: "sshd -t" }],
      { "net.ipv4.ip_nonlocal_bind": "1" },
    ]);
  });
  test("a host without an address in the mesh is refused", () => {
    expect(() => sshMesh({}).render(spoke({ addresses: {} }))).toThrow("host tokyo has no address in the mesh");
  });
});

describe("the firewall", () => {
  const service = firewall({ mesh: ["22/tcp"] });
  test("NixOS: the public ports for all, and more on the mesh's interface", () => {
    expect(service.render(spoke()).options).toEqual({
      "networking.firewall.enable": true,
      "networking.firewall.allowPing": true,
      "networking.firewall.allowedTCPPorts": [80, 443],
      "networking.firewall.interfaces.wg0.allowedTCPPorts": [22],
    });
  });
  test("Debian: by nftables, which checks the file before it is loaded", () => {
    const conf = fileText(service, "/etc/nftables.conf", hub());
    expect(conf).toContain("policy drop;");
    expect(
      conf
        .split("\n")
        .filter((line) => line.includes("dport"))
        .map((line) => line.trim()),
    ).toEqual([
      "tcp dport 443 accept",
      "udp dport 51820 accept",
      "udp dport 60000-61000 accept",
      'iifname "wg0" tcp dport 22 accept',
    ]);
    expect(service.render(hub()).validations).toEqual([{ command: "nft -c -f /etc/nftables.conf" }]);
  });
  test("Debian: nothing flushes the rules of others, neither the file nor the stop of Debian's unit", () => {
    const { files, units } = service.render(hub());
    const conf = show(files["/etc/nftables.conf"]!.content);
    const { dropIns } = units["nftables.service"]!;
    expect(conf + show(dropIns.fleet)).not.toContain("flush");
    expect(conf).toMatch(/^table inet fleet\ndelete table inet fleet\n\ntable inet fleet \{$/m);
    expect(show(dropIns.fleet)).toMatch(
      /^ExecStop=\nExecStop=\/usr\/sbin\/nft "table inet fleet; delete table inet fleet"$/m,
    );
  });
  test("a host that opens nothing opens nothing", () => {
    const closed = firewall({});
    expect(closed.render(spoke({ publicPorts: [] })).options).toEqual({
      "networking.firewall.enable": true,
      "networking.firewall.allowPing": true,
    });
    expect(fileText(closed, "/etc/nftables.conf", hub({ publicPorts: [] }))).not.toContain("dport");
  });
  test("a range of ports stays one", () => {
    expect(firewall({}).render(spoke({ publicPorts: [udp(ports(60000, 61000))] })).options).toMatchObject({
      "networking.firewall.allowedUDPPortRanges": [{ from: 60000, to: 61000 }],
    });
  });
  test("a port without protocol is refused", () =>
    expect(() => firewall({ mesh: ["22" as never] })).toThrow("firewall.mesh[0]"));
});

test("time comes from systemd-timesyncd, which does not run in a lab's containers", () => {
  expect(timeSync({}).render(spoke()).options).toEqual({ "services.timesyncd.enable": true });
  expect(timeSync({}).render(hub())).toMatchObject({
    packages: ["systemd-timesyncd"],
    units: { "systemd-timesyncd.service": { enabled: true, active: true } },
  });
  expect(timeSync({}).render(hub({ standIns: true })).units["systemd-timesyncd.service"]).toMatchObject({
    enabled: true,
    active: false,
  });
});

test("garbage collection is for NixOS, and leaves the generations alone", () => {
  expect(nixGc({ when: "weekly" }).render(spoke())).toMatchObject({
    options: { "nix.gc.automatic": true, "nix.gc.dates": "weekly" },
    units: { "nix-gc.timer": { active: true } },
  });
  expect(nixGc({ when: "weekly" }).runsOn).toEqual({ os: ["nixos"] });
});
