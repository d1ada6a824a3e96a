import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadFleet, ROOT } from "../../load/fleet.ts";
import { pinsSchema, type Pins } from "../../model/image.ts";
import { digestOf } from "../../registry/digest.ts";
import { readLogins } from "../../registry/logins.ts";
import { resolvePins, type Resolved } from "../../registry/pins.ts";
import { out, outStyle } from "../../terminal/output.ts";

/**
 * Asks registries for the digests behind the fleet's images, and writes them into stacks/<stack>/images.json. One
 * that its registry does not tell keeps the digest that it has, and the command exits 1.
 * @param only images as host files name them; all when there are none
 */
export async function images(stack: string, only: readonly string[], options: { json?: boolean } = {}): Promise<void> {
  const { fleet } = await loadFleet(stack);
  const declared = fleet.hosts.flatMap((host) => host.services.flatMap((service) => service.images ?? []));
  const path = join(ROOT, "stacks", stack, "images.json");
  const logins = await readLogins();
  const { resolved, pins } = await resolvePins(declared, await readPins(path), only, (image) =>
    digestOf(image, logins),
  );
  await writeFile(path, `${JSON.stringify(pins, null, 2)}\n`);
  if (options.json) out(JSON.stringify({ stack, images: resolved }));
  else for (const one of resolved) out(wordsOf(one));
  if (resolved.some(({ is }) => is === "unknown")) process.exitCode = 1;
}

async function readPins(path: string): Promise<Pins> {
  try {
    return pinsSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Error(`${path} must be a map of images to digests: ${(error as Error).message}`, { cause: error });
  }
}

const COLOURS = { same: "dim", moved: "yellow", new: "green", unknown: "red" } as const;

const wordsOf = ({ image, is, digest, before, problem }: Resolved): string =>
  `${outStyle(COLOURS[is], is.padEnd(7))}  ` +
  (problem ?? `${image}  ${is === "moved" ? `${before} → ` : ""}${digest}`);
