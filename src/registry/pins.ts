import { imageName, type Pins } from "../model/image.ts";

/** What became of one image's pin. */
export interface Resolved {
  image: string;
  /** `unknown`: its registry did not tell, and it keeps the digest that it has. */
  is: "same" | "moved" | "new" | "unknown";
  digest?: string;
  before?: string;
  problem?: string;
}

/**
 * The pins of images as they are declared, from what registries tell now. Pins of images that nobody declares any more
 * go.
 * @param only those that are asked for; all when there are none
 * @throws Error when one of `only` is not declared
 */
export async function resolvePins(
  declared: readonly string[],
  pins: Pins,
  only: readonly string[],
  digestOf: (image: string) => Promise<string>,
): Promise<{ resolved: Resolved[]; pins: Pins }> {
  const tagged = [...new Set(declared)].filter((image) => imageName(image).digest === undefined).sort();
  const wrong = only.filter((image) => !tagged.includes(image));
  if (wrong.length > 0)
    throw new Error(`no host runs ${wrong.join(", ")} by a tag; these are: ${tagged.join(", ") || "none"}`);
  const asked = only.length === 0 ? tagged : tagged.filter((image) => only.includes(image));
  const resolved = await Promise.all(asked.map((image) => resolve(image, pins[image], digestOf)));
  const told = new Map(resolved.map(({ image, digest }) => [image, digest]));
  const next = tagged.map((image) => [image, told.get(image) ?? pins[image]]);
  return { resolved, pins: Object.fromEntries(next.filter(([, digest]) => digest !== undefined)) as Pins };
}

async function resolve(
  image: string,
  before: string | undefined,
  digestOf: (image: string) => Promise<string>,
): Promise<Resolved> {
  try {
    const digest = await digestOf(image);
    return { image, is: before === undefined ? "new" : before === digest ? "same" : "moved", digest, before };
  } catch (error) {
    return { image, is: "unknown", before, problem: (error as Error).message };
  }
}
