import { readFile, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runningContainers } from "../../../src/lab/machines/container.ts";
import { labId } from "../../../src/lab/machines/names.ts";
import { MADE, scratchCheckout, type Checkout } from "./checkout.ts";

/** `fleet lab save` and `load`: a lab as one consistent whole. Each test goes on where the one before has ended. */

const ZONE = "7".repeat(32);
let tiny: Checkout;
beforeAll(async () => {
  tiny = await scratchCheckout();
  await tiny.broughtUp();
  for (const { name } of await listed()) if (!name.startsWith(MADE)) await lab("snapshots", "tiny", "--remove", name);
});
afterAll(async () => tiny?.[Symbol.asyncDispose]());

const lab = (...args: string[]) => tiny.fleet(["lab", ...args]);
const done = { exitCode: 0, stdout: "" };
const listed = async (fleet = tiny) =>
  JSON.parse((await fleet.fleet(["lab", "snapshots", "tiny", "--json"])).stdout) as {
    name: string;
    current: boolean;
  }[];
const names = async () => (await listed()).map(({ name }) => name).filter((name) => !name.startsWith(MADE));
const records = async (fleet = tiny) =>
  (
    await fleet.cloud<{ result: { name: string; content: string }[] }>(
      "cloudflare",
      "GET",
      `/zones/${ZONE}/dns_records`,
    )
  ).result.map(({ name, content }) => `${name} ${content}`);
const nothing = { create: 0, update: 0, replace: 0, delete: 0 };

test("a lab that is saved goes on: its machines do not start anew", async () => {
  const booted = () =>
    Promise.all(["old", "new", "pi"].map((host) => tiny.ssh(host, "cat /proc/1/stat | cut -d' ' -f22")));
  const before = await booted();
  expect(await lab("save", "tiny", "fresh")).toMatchObject(done);
  expect(await booted()).toEqual(before);
  expect(await names()).toEqual(["fresh"]);
});

test("what happened to machines, clouds, state and secrets since is undone by loading it", async () => {
  const [secrets, before] = [await tiny.read(".fleet/lab/tiny/secrets.json"), await records()];
  await tiny.ssh(
    "old",
    "systemctl disable -q --now nginx; rm /etc/worker.conf; apt-get purge -q -y nginx >/dev/null; touch /etc/extra",
  );
  await tiny.cloud("cloudflare", "POST", `/zones/${ZONE}/dns_records`, {
    type: "A",
    name: "x",
    content: "203.0.113.1",
  });
  await tiny.write("hosts/tiny/new.ts", (await tiny.read("hosts/tiny/new.ts")).replace("port: 8300", "port: 8301"));
  expect((await tiny.up()).exitCode).toBe(0);
  await tiny.write(".fleet/lab/tiny/secrets.json", "{}");
  await tiny.write("hosts/tiny/new.ts", (await tiny.read("hosts/tiny/new.ts")).replace("port: 8301", "port: 8300"));

  const { exitCode, stderr } = await lab("load", "tiny", "fresh");
  expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining("files have changed")]);
  expect([await tiny.read(".fleet/lab/tiny/secrets.json"), await records()]).toEqual([secrets, before]);
  expect(await tiny.ssh("old", "systemctl is-active nginx worker; ls /etc/extra 2>&1 | grep -c cannot")).toBe(
    "active\nactive\n1",
  );
  expect(await tiny.drift()).toMatchObject({ exitCode: 0 });
  const { exitCode: ended, changes } = await tiny.up();
  expect([ended, changes.summary]).toMatchObject([0, nothing]);
});

test("it is known whether the files are still those that it was made from", async () => {
  const file = await tiny.read("stacks/tiny/fleet.ts");
  await tiny.write("stacks/tiny/fleet.ts", file.replace("made by fleet", "made by hand"));
  expect((await listed()).find(({ name }) => name === "fresh")).toMatchObject({ current: false });
  expect(await lab("load", "tiny", "fresh")).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining("files have changed since"),
  });
  await tiny.write("stacks/tiny/fleet.ts", file);
  expect((await listed()).find(({ name }) => name === "fresh")).toMatchObject({ current: true });
});

test("machines that are paused or off when it is saved are that again: paused in the lab, off when it is loaded", async () => {
  await lab("machine", "tiny", "new", "pause");
  await lab("machine", "tiny", "pi", "stop");
  expect(await lab("save", "tiny", "odd")).toMatchObject(done);
  await expect(tiny.ssh("new", "true")).rejects.toThrow(Error);
  expect(await lab("load", "tiny", "odd")).toMatchObject(done);
  const { hosts } = await tiny.status();
  const byName = hosts.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  expect(byName.map(({ name, running }) => [name, running])).toEqual([
    ["new", true],
    ["old", true],
    ["pi", false],
  ]);
  expect(await tiny.ssh("new", "systemctl is-active coturn")).toBe("active");
  expect(await lab("load", "tiny", "fresh")).toMatchObject(done);
});

test("a lab that is down is saved as it lies, and loading brings it up", async () => {
  expect(await lab("down", "tiny")).toMatchObject(done);
  expect(await lab("save", "tiny", "down")).toMatchObject(done);
  expect(await lab("load", "tiny", "down")).toMatchObject(done);
  expect(await tiny.drift()).toMatchObject({ exitCode: 0 });
});

test("another checkout takes it over beside this one: with a subnet of its own, and nothing to change", async () => {
  await using other = await scratchCheckout();
  expect(await other.fleet(["lab", "load", "tiny", "fresh"])).toMatchObject({ exitCode: 0 });
  const subnet = async (fleet: Checkout) => (await fleet.status()).hosts[0]!.address.split(".").slice(0, 3).join(".");
  expect(await subnet(other)).not.toBe(await subnet(tiny));
  expect(await other.ssh("old", "systemctl is-active nginx")).toBe("active");
  const { exitCode, changes } = await other.up();
  expect([exitCode, changes.summary]).toMatchObject([0, nothing]);
  expect(await tiny.drift()).toMatchObject({ exitCode: 0 });
});

test("a load that is killed leaves the lab as it was or as it was saved, and the next one finishes", async () => {
  const running = tiny.start(["lab", "load", "tiny", "fresh"]);
  const machines = () => runningContainers(labId(tiny.root, "tiny")).size;
  await expect.poll(machines, { timeout: 60_000, interval: 5 }).toBe(0);
  running.kill();
  await running.ended;
  expect(await lab("load", "tiny", "fresh")).toMatchObject(done);
  expect(await tiny.drift()).toMatchObject({ exitCode: 0 });
});

test("neither is done while an engine works on the lab", async () => {
  const path = ".fleet/lab/tiny/state/.pulumi/locks/organization/fleet/tiny/1.json";
  await tiny.write(
    path,
    JSON.stringify({ pid: process.pid, username: "anna", hostname: hostname(), timestamp: new Date().toISOString() }),
  );
  const refused = {
    exitCode: 1,
    stdout: "",
    stderr: expect.stringMatching(/tiny is locked by anna .*npx fleet unlock tiny --lab/),
  };
  expect(await lab("save", "tiny", "busy")).toMatchObject(refused);
  expect(await lab("load", "tiny", "fresh")).toMatchObject(refused);
  await tiny.remove(path);
  expect(await names()).not.toContain("busy");
});

test.each([
  [
    "a name that is taken",
    ["save", "tiny", "fresh"],
    'tiny has a snapshot "fresh" already: give another name, or --replace',
  ],
  ["a name that leads elsewhere", ["save", "tiny", "../x"], `"../x" can't be a snapshot's name`],
  ["no such snapshot", ["load", "tiny", "frsh"], /tiny has no snapshot "frsh": it has .*fresh/],
  ["a lab that never was", ["save", "tini", "x"], "tini has no lab to save: start it with `fleet lab up tini`"],
])("%s is refused, and the lab goes on", async (_, args, message) => {
  expect(await lab(...args)).toMatchObject({
    exitCode: 1,
    stdout: "",
    stderr: typeof message === "string" ? expect.stringContaining(message) : expect.stringMatching(message),
  });
  expect(await tiny.ssh("old", "systemctl is-active nginx")).toBe("active");
});

test("one whose image is gone is refused before anything is given up", async () => {
  const file = join(tiny.root, ".fleet/snapshots/tiny/odd/snapshot.json");
  await writeFile(file, (await readFile(file, "utf8")).replaceAll(/"image-[^"]*"/g, '"image-gone"'));
  expect(await lab("load", "tiny", "odd")).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/image-gone, which its machines stand on, is gone/),
  });
  expect(await tiny.ssh("old", "systemctl is-active nginx")).toBe("active");
});

test("they outlive the lab, are read by their owner alone, and are removed by name", async () => {
  expect(await lab("save", "tiny", "fresh", "--replace")).toMatchObject(done);
  expect(await lab("down", "tiny", "--forget")).toMatchObject(done);
  expect((await stat(join(tiny.root, ".fleet/snapshots/tiny/fresh"))).mode & 0o777).toBe(0o700);
  expect(await lab("load", "tiny", "fresh")).toMatchObject(done);
  expect(await tiny.drift()).toMatchObject({ exitCode: 0 });
  for (const name of ["fresh", "odd", "down"])
    expect(await lab("snapshots", "tiny", "--remove", name)).toMatchObject(done);
  expect(await names()).toEqual([]);
  expect(await lab("snapshots", "tiny", "--remove", "fresh")).toMatchObject({ exitCode: 1 });
});
