import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pinsSchema, imageName, type Pins } from "../../model/image.ts";
import { loadFleet, ROOT } from "../../load/fleet.ts";
import { digestOf } from "../../registry/digest.ts";
import { readLogins } from "../../registry/logins.ts";
import { out, outStyle } from "../../terminal/output.ts";

interface Row {
  image: string;
  is: "same" | "moved" | "new" | "unknown";
  digest?: string;
  before?: string;
  problem?: string;
}

/**
 * Asks registries which digests the fleet's images stand for now, and writes them into stacks/<stack>/images.json. One
 * that its registry does not tell keeps the digest that it has, and the command exits 1.
 * @param only images as they are declared; all when there are none
 */
export async function images(stack: string, only: readonly string[], options: { json?: boolean } = {}): Promise<void> {
  const { fleet } = await loadFleet(stack);
  const declared = new Set(fleet.hosts.flatMap((host) => host.services.flatMap((service) => service.images ?? [])));
  const wrong = only.filter((image) => !declared.has(image));
  if (wrong.length > 0)
    throw new Error(`${stack} has no image ${wrong.join(", ")}: it has ${[...declared].sort().join(", ") || "none"}`);
  const path = join(ROOT, "stacks", stack, "images.json");
  const pins = await readPins(path);
  const logins = await readLogins();
  const wanted = [...declared].filter((image) => imageName(image).digest === undefined).sort();
  const asked = only.length === 0 ? wanted : wanted.filter((image) => only.includes(image));
  const rows = await Promise.all(asked.map(async (image) => rowOf(image, pins[image], () => digestOf(image, logins))));
  const digests = new Map(rows.map(({ image, digest }) => [image, digest]));
  const next = wanted.flatMap((image) => {
    const digest = digests.get(image) ?? pins[image];
    return digest === undefined ? [] : [[image, digest] as const];
  });
  await writeFile(path, `${JSON.stringify(Object.fromEntries(next), null, 2)}\n`);
  if (options.json) out(JSON.stringify({ stack, images: rows }));
  else for (const row of rows) out(wordsOf(row));
  if (rows.some(({ is }) => is === "unknown")) process.exitCode = 1;
}

async function readPins(path: string): Promise<Pins> {
  try {
    return pinsSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Error(`${path}: must be a map of images to digests: ${(error as Error).message}`, { cause: error });
  }
}

async function rowOf(image: string, before: string | undefined, ask: () => Promise<string>): Promise<Row> {
  try {
    const digest = await ask();
    return { image, digest, is: before === undefined ? "new" : before === digest ? "same" : "moved", before };
  } catch (error) {
    return { image, is: "unknown", before, problem: (error as Error).message };
  }
}

const COLOURS = { same: "dim", moved: "yellow", new: "green", unknown: "red" } as const;

const wordsOf = ({ image, is, digest, before, problem }: Row): string =>
  `${outStyle(COLOURS[is], is.padEnd(7))}  ` +
  (problem ?? (is === "moved" ? `${image}  ${before} → ${digest}` : `${image}  ${digest}`));
