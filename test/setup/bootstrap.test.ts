import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ensureModules, requireModules, requireNode } from "../../src/setup/bootstrap.mjs";

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
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const writeLock = (lock: object) => writeFile(join(folder, "package-lock.json"), JSON.stringify(lock));

/** Does to the folder what npm ci does. */
const install = () =>
  vi.fn(async () => {
    await rm(join(folder, "node_modules"), { recursive: true, force: true });
    const node = join(folder, `node_modules/node-linux-${process.arch}/bin/node`);
    await mkdir(dirname(node), { recursive: true });
    await writeFile(node, "");
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
  ).rejects.toThrow(/npm did not install Node.*npm config get omit/);
});

test("no script of a package runs, whatever the user's own settings of npm say", async () => {
  const script = `node -e "require('fs').writeFileSync('../ran', '')"`;
  await mkdir(join(folder, "dependency"));
  await writeFile(
    join(folder, "dependency/package.json"),
    JSON.stringify({ name: "dependency", version: "1.0.0", scripts: { preinstall: script, postinstall: script } }),
  );
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ name: "user", dependencies: { dependency: "file:dependency" } }),
  );
  const npm = (...args: string[]) => promisify(execFile)("npm", args, { cwd: folder });
  await npm("install", "--package-lock-only");
  vi.stubEnv("npm_config_ignore_scripts", "false");
  await expect(ensureModules(folder)).rejects.toThrow("npm did not install Node");
  expect(existsSync(join(folder, "node_modules/dependency"))).toBe(true);
  expect(existsSync(join(folder, "ran"))).toBe(false);
  await npm("ci");
  expect(existsSync(join(folder, "ran"))).toBe(true); // it would have
}, 60_000);

test("where nothing may be installed, modules that are not those of package-lock.json are refused", async () => {
  await expect(requireModules(folder)).rejects.toThrow("`node src/ci/ci.mjs modules` installs them");
  await ensureModules(folder, install());
  await requireModules(folder);
  await writeLock({ packages: { ...LOCK.packages, "node_modules/b": { integrity: "sha512-b" } } });
  await expect(requireModules(folder)).rejects.toThrow("are not those of package-lock.json");
});

test("an old Node is named with what is needed, a new one passes", () => {
  expect(() => requireNode("18.19.0", "linux")).toThrow("needs Node 20 or newer to start, this is 18.19.0");
  expect(requireNode("20.0.0", "linux")).toBeUndefined();
  expect(() => requireNode("22.0.0", "darwin")).toThrow("needs Node 24 or newer to start, this is 22.0.0");
  expect(requireNode("24.0.0", "darwin")).toBeUndefined();
});
