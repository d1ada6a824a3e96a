import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const COUNT = 1000;
const seed = Number(process.env.FLEET_TEST_SEED ?? Date.now() % 1_000_000);
const folder = mkdtempSync(join(tmpdir(), "fleet-damaged-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(`${COUNT} damaged host files give a clear message or pass (FLEET_TEST_SEED=${seed})`, { timeout: 120_000 }, () => {
  const run = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "damage.ts"), folder, String(seed), String(COUNT)],
    { encoding: "utf8", maxBuffer: 1 << 28, timeout: 110_000 },
  );
  expect(run.status, run.stderr.slice(-2000)).toBe(0);
  const outcomes = run.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { i: number; ok: boolean; name: string; message: string });
  expect(outcomes).toHaveLength(COUNT);
  expect(outcomes[0]).toEqual({ i: 0, ok: true });
  const failures = outcomes.filter((o) => !o.ok);
  expect(failures.length).toBeGreaterThan(COUNT / 4);
  const unclear = failures.filter(
    (o) => !/hosts\/alaivos\/ghost-01\.ts|fleet alaivos|stacks\/alaivos/.test(o.message) || o.message.length > 4000,
  );
  expect(unclear).toEqual([]);
});
