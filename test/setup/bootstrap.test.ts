import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ensureModules, requireNode } from "../../src/setup/bootstrap.mjs";

let folder: string;
const LOCK = {
  packages: {
    "": { name: "fleet" },
    "node_modules/a": { integrity: "sha512-a" },
    "node_modules/mac-only": { integrity: "sha512-m", optional: true },
  },
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-modules-"));
  await writeLock(LOCK);
});
afterEach(() => rm(folder, { recursive: true }));

const writeLock = (lock: object) => writeFile(join(folder, "package-lock.json"), JSON.stringify(lock));

/** Does to the folder what npm ci does. */
const install = () =>
  vi.fn(async () => {
    await rm(join(folder, "node_modules"), { recursive: true, force: true });
    await mkdir(join(folder, "node_modules/node/bin"), { recursive: true });
    await writeFile(join(folder, "node_modules/node/bin/node"), "");
  });

test("modules are installed once", async () => {
  const npm = install();
  await ensureModules(folder, npm);
  await ensureModules(folder, npm);
  expect(npm).toHaveBeenCalledOnce();
});

test("of two at the same time one installs", async () => {
  const npm = install();
  await Promise.all([ensureModules(folder, npm), ensureModules(folder, npm)]);
  expect(npm).toHaveBeenCalledOnce();
});

test("a changed package-lock.json installs again", async () => {
  const npm = install();
  await ensureModules(folder, npm);
  await writeLock({ packages: { ...LOCK.packages, "node_modules/b": { integrity: "sha512-b" } } });
  await ensureModules(folder, npm);
  expect(npm).toHaveBeenCalledTimes(2);
});

test("an interrupted installation is done again", async () => {
  const npm = install();
  await ensureModules(folder, npm);
  await writeLock({ packages: {} });
  const interrupted = async () => {
    await install()();
    throw new Error("interrupted");
  };
  await expect(ensureModules(folder, interrupted)).rejects.toThrow("interrupted");
  await ensureModules(folder, npm);
  expect(npm).toHaveBeenCalledTimes(2);
});

test.each([
  ["matches", { "node_modules/a": { integrity: "sha512-a" } }, 0],
  ["has another version", { "node_modules/a": { integrity: "sha512-old" } }, 1],
  ["lacks a module", {}, 1],
])(
  "modules that a person installed, when what npm recorded %s: installed again %s times",
  async (_, packages, times) => {
    await install()();
    await writeFile(join(folder, "node_modules/.package-lock.json"), JSON.stringify({ packages }));
    const npm = install();
    await ensureModules(folder, npm);
    expect(npm).toHaveBeenCalledTimes(times);
  },
);

test("an installation without Node in it names the setting that forbids it", async () => {
  await expect(
    ensureModules(folder, async () => {
      await mkdir(join(folder, "node_modules"));
    }),
  ).rejects.toThrow(/ignore-scripts/);
});

test("an old Node is named with what is needed, a new one passes", () => {
  expect(() => requireNode("18.19.0")).toThrow("needs Node 20 or newer to start, this is 18.19.0");
  expect(requireNode("20.0.0")).toBeUndefined();
});
