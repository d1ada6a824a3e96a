/**
 * Root's functions among what an account laid out against them: whatever they answer, nothing changes outside of what is
 * declared, and nothing from there is told. FLEET_HOSTILE_SECONDS runs it for longer, FLEET_HOSTILE_SEED again.
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { quote, quoteAll } from "../../../src/provider/remote/sh.ts";
import { askPaths } from "../../../src/provider/remote/paths.ts";
import { isRoot, madeFolder, removeFolder, setUp, sh, SHELLS, snapshot, type Outcome } from "./far-side.ts";
import { CANARY, hostileTree, randomFrom, startSwapping, type Hostile } from "./hostile.ts";

const seconds = Number(process.env["FLEET_HOSTILE_SECONDS"] ?? 5);
const seed = Number(process.env["FLEET_HOSTILE_SEED"] ?? Date.now() % 1_000_000);

describe.skipIf(!isRoot)("root among hostile folders (needs root)", () => {
  test(`nothing outside is changed or told, seed ${seed}`, { timeout: (seconds + 60) * 1000 }, async () => {
    const end = Date.now() + seconds * 1000;
    for (let round = seed; Date.now() < end; round++) {
      const { code, output, before, after } = await oneRound(round);
      expect(code, `seed ${round}: did not end\n${output}`).toBe(0);
      expect(after, `seed ${round}\n${output}`).toEqual(before);
      expect(told(output), `seed ${round}`).not.toContain(CANARY);
    }
  });
});

async function oneRound(round: number): Promise<Outcome & { before: string[]; after: string[] }> {
  const random = randomFrom(round);
  const base = madeFolder();
  const hostile = hostileTree(base, random);
  const before = snapshot(hostile.canary);
  const swapping = random() < 0.7 ? await startSwapping(hostile) : undefined;
  try {
    const outcome = sh(SHELLS[round % SHELLS.length]!, scriptFor(base, hostile, random));
    return { ...outcome, before, after: snapshot(hostile.canary) };
  } finally {
    if (swapping) {
      swapping.kill("SIGKILL");
      await once(swapping, "exit");
    }
    unmountBelow(base);
    spawnSync("chattr", ["-R", "-f", "-i", base]);
    removeFolder(base);
  }
}

/** Wherever the folders that hold them were moved to. */
function unmountBelow(base: string): void {
  const mounts = readFileSync("/proc/self/mountinfo", "latin1")
    .split("\n")
    .map((line) =>
      (line.split(" ")[4] ?? "").replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8))),
    )
    .map((path) => Buffer.from(path, "latin1").toString())
    .filter((path) => path.startsWith(`${base}/`));
  for (const mount of mounts.toReversed()) spawnSync("umount", ["-l", "--", mount]);
}

/** All that came back, texts in clear. */
const told = (output: string): string =>
  output +
  output
    .split("\n")
    .map((line) => Buffer.from(line, "base64").toString("latin1"))
    .join("");

/** What a service that declares these folders and files, and then goes again, does to them, each step as in an apply. */
function scriptFor(base: string, { folders, files }: Hostile, random: () => number): string {
  const mode = () => ["0640", "0600", "0755", "4755"][Math.floor(random() * 4)]!;
  const owner = () => (random() < 0.5 ? "31337 31337" : "root root");
  const own = () => `${mode()} ${owner()}`;
  const ask = askPaths(
    [
      ...files.map((path) => ({ path, as: path.endsWith("secret") ? ("hash" as const) : ("text" as const) })),
      ...folders.map((path) => ({ path, as: "attributes" as const })),
    ],
    { folders },
  );
  const steps = [
    [`keep 1 ${quoteAll([...folders, ...files])}`],
    ...folders.map((path) => [`folder ${quote(path)} ${own()}`]),
    ...files.flatMap((path) => [[`stage ${quote(path)} ${own()} declared`, "place"], ["unstage"]]),
    ...files.map((path) => [`attributes ${quote(path)} ${own()}`]),
    [`restore 1 ${quoteAll([...folders, ...files])}`],
    [`drop ${quoteAll(files)}`],
    [`drop_folder ${quoteAll(folders.toReversed())}`],
  ];
  return [
    ...setUp(base),
    ask,
    ...steps
      .filter(() => random() < 0.6)
      .flatMap((lines, n) => [`step_${n}() {`, ...lines, "}", `( set -e; step_${n} ) 2>&1`]),
    "exit 0",
  ].join("\n");
}
