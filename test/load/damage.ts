import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadFleet, ROOT } from "../../src/load/fleet.ts";
import { assertFleet } from "../../src/load/assert.ts";

// Run by damaged.test.ts in a process of its own, because Node itself has to read the files: prints one JSON line for
// each damaged host file.

/** Mulberry32: small, seeded, the same everywhere. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const PIECES = [
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  ",",
  ":",
  '"',
  "`",
  "\\",
  "\0",
  "null",
  "undefined",
  "-1",
  "1e999",
  "0.5",
  "{}",
  "[]",
  '""',
  '"x"',
  "\u{1f4a5}",
  "\u202e",
  "\r\n",
  "/*",
  "//",
  "...",
  "=>",
  "ghost-01",
  "99999",
  "NaN",
  "true",
];

function damage(text: string, random: (below: number) => number): string {
  const at = random(text.length);
  const length = random(4) === 0 ? random(40) : random(4);
  switch (random(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + length);
    case 1:
      return text.slice(0, at) + PIECES[random(PIECES.length)] + text.slice(at);
    case 2:
      return text.slice(0, at) + PIECES[random(PIECES.length)] + text.slice(at + 1 + length);
    default: {
      const other = random(text.length);
      return text.slice(0, at) + text.slice(other, other + 1 + length) + text.slice(at + 1 + length);
    }
  }
}

const [folder, seed, count] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
const random = randomOf(seed);
const original = readFileSync(join(ROOT, "hosts/alaivos/ghost-01.ts"), "utf8").replaceAll('"../../', `"${ROOT}/`);
const fleetFile = readFileSync(join(ROOT, "stacks/alaivos/fleet.ts"), "utf8")
  .replaceAll('"../../', `"${ROOT}/`)
  .replaceAll('"./', `"${ROOT}/stacks/alaivos/`);

for (let i = 0; i < count; i += 1) {
  const root = join(folder, String(i));
  mkdirSync(join(root, "hosts/alaivos"), { recursive: true });
  mkdirSync(join(root, "stacks/alaivos"), { recursive: true });
  writeFileSync(join(root, "hosts/alaivos/ghost-01.ts"), i === 0 ? original : damage(original, random));
  writeFileSync(join(root, "stacks/alaivos/fleet.ts"), fleetFile);
  console.log(JSON.stringify({ i, ...(await outcome(root)) }));
}

async function outcome(root: string): Promise<{ ok: true } | { ok: false; name: string; message: string }> {
  try {
    assertFleet(await loadFleet("alaivos", root));
    return { ok: true };
  } catch (error) {
    return { ok: false, name: (error as Error).constructor.name, message: (error as Error).message };
  }
}
