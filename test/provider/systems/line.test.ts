import { expect, test } from "vitest";
import { planService, type Known } from "../../../src/provider/systems/plan.ts";
import { only } from "../../../src/provider/aspects/steps.ts";
import { NOTHING } from "../../../src/provider/aspects/shape.ts";
import { inPlace } from "../../../src/provider/systems/in-place.ts";
import { KNOWN, shape } from "../fixtures.ts";

const unit = (line: string) => ({ units: { "own.service": { text: `[Service]\n${line}\n` } } });

test.each<[string, object, boolean]>([
  ["a web server", { files: { "/etc/nginx/nginx.conf": { content: "" } }, units: { "nginx.service": {} } }, false],
  [
    "names that only look like the network",
    { files: { "/etc/fleet/networks": { content: "" }, "/srv/etc/ssh/x": { content: "" } } },
    false,
  ],
  ["a unit with an account of its own", unit("User=own\nExecStart=/usr/bin/clip --ip 1"), false],
  ["a directory of a web server", { directories: { "/etc/nginx/sites": {} } }, false],
  ["a name that nobody knows", { files: { "/etc/networks": { content: "" } } }, true],
  ["a unit that nobody knows, as root", unit("ExecStart=/usr/bin/clip --ip 1 zip"), true],
  ["a directory of the network", { directories: { "/etc/wireguard": {} } }, true],
  [
    "an unknown host key in someone's home",
    { files: { "/var/lib/inbox/.ssh/authorized_keys": { content: "" } } },
    false,
  ],
  ["sshd", { files: { "/etc/ssh/sshd_config.d/10-x.conf": { content: "" } } }, true],
  ["a drop-in of sshd", { units: { "ssh.service": { dropIns: { nice: "" } } } }, true],
  ["nftables", { files: { "/etc/nftables.conf": { content: "" } } }, true],
  ["ufw", { units: { "ufw.service": {} } }, true],
  ["ifupdown", { files: { "/etc/network/interfaces.d/eth1": { content: "" } } }, true],
  ["netplan", { files: { "/etc/netplan/50-x.yaml": { content: "" } } }, true],
  ["networkd", { files: { "/etc/systemd/network/10-wg.netdev": { content: "" } } }, true],
  ["WireGuard", { units: { "wg-quick@wg0.service": {} } }, true],
  ["root's own keys", { files: { "/root/.ssh/authorized_keys": { content: "" } } }, true],
  ["sudo", { files: { "/etc/sudoers.d/x": { content: "" } } }, true],
  ["a unit that runs nft", unit("ExecStart=/usr/sbin/nft -f /etc/own.nft"), true],
  ["a unit that sets a route in a shell", unit("ExecStartPre=-/bin/sh -c 'ip route add x'"), true],
])("%s: may cut the line: %j", (_, bundle, expected) => {
  const plan = (from: object, to: object, known: Partial<Known>) =>
    planService(inPlace, shape(to), shape(from), { ...KNOWN, ...known });
  const isGuarded = (...turn: Parameters<typeof plan>) => plan(...turn).some((step) => step.do === "guard");
  const before = only(plan({}, bundle, { previous: NOTHING }), "remember").flatMap((step) => step.before);
  expect(isGuarded({}, bundle, { previous: NOTHING })).toBe(expected);
  expect(isGuarded(bundle, {}, { before })).toBe(expected);
  expect(isGuarded(bundle, bundle, { before })).toBe(false);
});

test("what is there already and stays needs no guard while something else changes", () => {
  const ssh = { units: { "ssh.service": {} } };
  expect(
    planService(inPlace, shape({ ...ssh, timeZone: "Etc/UTC" }), shape(ssh), KNOWN).map(({ do: kind }) => kind),
  ).not.toContain("guard");
  expect(planService(inPlace, NOTHING, NOTHING, KNOWN)).toEqual([]);
});
