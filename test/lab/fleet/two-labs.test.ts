import { readdir, readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { labId } from "../../../src/lab/machines/names.ts";
import { scratchCheckout, type Checkout } from "./checkout.ts";

/** Two checkouts of one repository on one machine, each with a lab of the same stack. */

let labs: [Checkout, Checkout];

beforeAll(async () => {
  labs = [await scratchCheckout(), await scratchCheckout()];
  for (const lab of labs) for (const host of ["old", "new"]) await lab.remove(`hosts/tiny/${host}.ts`);
});
afterAll(() => Promise.all(labs.map((lab) => lab[Symbol.asyncDispose]())));

test("come up side by side and do not see one another", async () => {
  const ups = await Promise.all(labs.map((lab) => lab.up()));
  expect(ups.map((up) => [up.exitCode, up.changes.summary.create > 0])).toEqual([
    [0, true],
    [0, true],
  ]);
  const [one, other] = await Promise.all(labs.map((lab) => lab.status()));
  expect(one!.hosts[0]!.address).not.toBe(other!.hosts[0]!.address);
  expect(one!.clouds.hcloud!.url).not.toBe(other!.clouds.hcloud!.url);
  expect(one!.clouds.hcloud!.token).not.toBe(other!.clouds.hcloud!.token);

  await labs[0].ssh("pi", "echo by hand >/etc/motd");
  expect((await Promise.all(labs.map((lab) => lab.drift()))).map(({ exitCode }) => exitCode)).toEqual([2, 0]);
});

test("a lab that is down is not there, knows what it was, and comes up again as it was", async () => {
  expect(await labs[0].fleet(["lab", "down", "tiny"])).toMatchObject({ exitCode: 0 });
  expect(await traces(labs[0])).toEqual([]);
  expect(await labs[0].status()).toMatchObject({ clouds: {}, hosts: [{ name: "pi", running: false }] });
  expect((await labs[1].drift()).exitCode).toBe(0);
  expect((await labs[0].drift()).exitCode).toBe(2);
  expect(await labs[0].ssh("pi", "cat /etc/motd")).toBe("by hand");
});

test("nothing of a lab is left after `lab down --forget`, and the other goes on", async () => {
  expect((await traces(labs[0])).length).toBeGreaterThan(4);
  expect(await labs[0].fleet(["lab", "down", "tiny", "--forget"])).toMatchObject({ exitCode: 0 });
  expect(await traces(labs[0])).toEqual([]);
  expect(await readdir(`${labs[0].root}/.fleet/lab`)).not.toContain("tiny");
  expect((await labs[1].drift()).exitCode).toBe(0);
});

/**
 * Everything on this machine that belongs to a lab: processes, mounts, network namespaces, interfaces, control groups,
 * sockets.
 */
async function traces({ root, stack }: Checkout): Promise<string[]> {
  const id = labId(root, stack);
  const ours = (text: string) => text.includes(id) || text.includes(root);
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const processes = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n");
  const folders = [
    "/run/netns",
    "/sys/class/net",
    "/run",
    "/sys/fs/cgroup",
    "/sys/fs/cgroup/systemd",
    "/sys/fs/cgroup/unified",
    "/run/systemd/nspawn/propagate",
  ];
  const entries = await Promise.all(
    folders.map(async (folder) => (await readdir(folder).catch(() => [])).map((name) => `${folder}/${name}`)),
  );
  return [...processes, ...mounts, ...entries.flat()].filter(ours);
}
