import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DriftReport } from "../../../src/report/drift.ts";
import type { Preview } from "../../../src/report/preview.ts";
import { parse } from "./commands.ts";
import { scratchCheckout, type Checkout } from "./checkout.ts";

/** What is told and asked before things go, and letting go of one that stays. Each test goes on where the one before has ended. */

let tiny: Checkout;
beforeAll(async () => {
  tiny = await scratchCheckout();
  await tiny.broughtUp();
});
afterAll(() => tiny?.[Symbol.asyncDispose]());

const preview = async (...args: string[]) => {
  const ended = await tiny.fleet(["preview", "tiny", "--lab", "--format", "json", ...args]);
  return { ...ended, preview: parse(ended) as Preview };
};
const fleet = (command: string, ...args: string[]) => tiny.fleet([command, "tiny", ...args, "--lab"]);
interface Rule {
  direction: string;
  protocol: string;
  port: string;
  source_ips: string[];
}

test("a rule that is added by hand at Hetzner is one line, in the words of a rule", async () => {
  const { firewalls } = await tiny.cloud<{ firewalls: { id: number; rules: Rule[] }[] }>("hcloud", "GET", "/firewalls");
  const [firewall, ...others] = firewalls;
  expect(others).toEqual([]);
  const added = { direction: "in", protocol: "tcp", port: "8443", source_ips: ["0.0.0.0/0"] };
  const set = (rules: Rule[]) =>
    tiny.cloud("hcloud", "POST", `/firewalls/${firewall!.id}/actions/set_rules`, { rules });
  await set([added, ...firewall!.rules]);
  const { exitCode, stdout } = await fleet("drift");
  expect([exitCode, stdout]).toEqual([
    2,
    expect.stringMatching(/^drifted {2}new-firewall\n {2}rule in 8443\/tcp from 0\.0\.0\.0\/0: added by hand\ntiny: /),
  ]);
  // In another order it is the same set.
  await set(firewall!.rules.toReversed());
  expect(await fleet("drift")).toMatchObject({ exitCode: 0 });
});

test("a dozen records are deleted only where their number is given", async () => {
  const path = "stacks/tiny/fleet.ts";
  const before = await tiny.read(path);
  const dozen = `...Array.from({ length: 12 }, (_, i) => txt("r" + i, "x"))`;
  await tiny.write(path, before.replace('txt("@", "made by fleet")', `txt("@", "made by fleet"), ${dozen}`));
  expect((await tiny.up()).changes.summary.create).toBe(12);
  await tiny.write(path, before);

  const { preview: plan } = await preview();
  expect(plan.brake).toMatchObject({
    lost: 12,
    places: [{ place: { kind: "zone", name: "tiny.example" }, lost: 12 }, {}],
  });
  const refused = { exitCode: 1, stdout: "", stderr: expect.stringContaining("--allow-deletes 12 goes on") };
  expect(await fleet("up", "--yes")).toMatchObject(refused);
  expect(await fleet("up", "--allow-deletes", "11")).toMatchObject(refused);
  expect((await preview()).preview.summary.delete).toBe(12);

  const file = join(tiny.root, "plan.json");
  await writeFile(file, JSON.stringify(plan));
  await tiny.ssh("pi", "echo mine >/etc/motd");
  const changed = await tiny.up(["--allow-deletes", "12", "--reviewed", file]).catch((error: Error) => error.message);
  expect(changed).toContain("since the review: 1 more update on pi. Nothing was changed");
  await tiny.ssh("pi", "echo tiny >/etc/motd");
  const { changes, stderr } = await tiny.up(["--allow-deletes", "12", "--reviewed", file]);
  expect(changes.summary, stderr).toMatchObject({ update: 0, delete: 12 });
});

test("a protected host that is no longer declared stands in nobody's way, and is let go of by its name", async () => {
  await tiny.remove("hosts/tiny/old.ts");
  const command = "`npx fleet release tiny old --lab`";
  const planned = await preview();
  expect([planned.exitCode, planned.preview.problems]).toEqual([1, [expect.stringContaining(command)]]);
  // Its record belongs to the zone.
  expect(planned.preview.resources.map(({ op, name }) => `${op} ${name}`)).toEqual(["delete old.tiny.example A old"]);

  const { exitCode, changes, stderr } = await tiny.up();
  expect([exitCode, changes.summary.delete, stderr]).toEqual([1, 1, expect.stringContaining(command)]);
  const drift = parse(await fleet("drift", "--format", "json")) as DriftReport;
  expect(drift.resources.filter(({ status }) => status !== "same")).toContainEqual(
    expect.objectContaining({ name: "old", unreached: expect.stringContaining(command) }),
  );

  const released = await fleet("release", "old");
  expect([released.exitCode, released.stdout], released.stderr).toEqual([
    0,
    expect.stringMatching(
      /^host old: \d+ things that tiny stops managing\n {2}server old\n[^]*service old\/web\n[^]*hosts\/tiny\/old\.ts/,
    ),
  ]);
  expect(await fleet("release", "old")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("nothing was changed"),
  });
  expect(await fleet("preview")).toMatchObject({ exitCode: 0 });
  expect((await tiny.up()).changes.summary).toMatchObject({ update: 0, delete: 0 });
  expect(await fleet("drift")).toMatchObject({ exitCode: 0 });
  expect(await tiny.ssh("old", "systemctl is-active worker nginx; ls /var/lib/fleet/services | grep -c .")).toMatch(
    /^active\nactive\n[1-9]/,
  );
});
