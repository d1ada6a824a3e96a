import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where a tool came from. */
export type Origin = "from PATH" | "official download" | "built from Go modules";

/** A tool that is ready to be used. */
export interface Tool {
  /** "Pulumi CLI" */
  label: string;
  version: string;
  origin: Origin;
  /** Found as an earlier run left it. */
  cached: boolean;
  /** Why this one and not another: "none is on PATH and the official download failed (fetch failed)". */
  reason: string;
}

/** "3.255.0: from PATH, because …" */
export const describeTool = ({ version, origin, cached, reason }: Tool): string =>
  `${version}: ${cached && origin !== "from PATH" ? `cached (${origin})` : origin}, because ${reason}`;

/** What a finished download or build leaves behind, so that later runs trust its files. */
interface Stamp {
  /** Of everything that decides what the files hold. */
  key: string;
  tool: Omit<Tool, "cached">;
  /** File name → size in bytes. */
  files: Record<string, number>;
}

/** A hash over texts and files: when one changes, what was made from them is made again. */
export async function keyOf(texts: string[], files: string[]): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(texts));
  for (const file of files)
    hash.update(
      createHash("sha256")
        .update(await readFile(file))
        .digest(),
    );
  return hash.digest("hex");
}

/**
 * The folder of tools that is first on PATH. Files in it are replaced by renaming, so whoever runs an old one goes on
 * undisturbed.
 */
export class ToolStore {
  readonly bin: string;
  readonly #stamps: string;

  /** @param stamps the folder of the stamps */
  constructor(bin: string, stamps: string) {
    this.bin = bin;
    this.#stamps = stamps;
  }

  /** The tool as an earlier run left it, if it was made from the same things and is whole. */
  async find(name: string, key: string): Promise<Tool | undefined> {
    const stamp = await this.#read(name);
    if (stamp?.key !== key) return undefined;
    for (const [file, size] of Object.entries(stamp.files)) {
      const found = await stat(join(this.bin, file)).catch(() => undefined);
      if (found?.size !== size) return undefined;
    }
    return { ...stamp.tool, cached: true };
  }

  /** Takes the files into the folder (built ones are moved, others linked to) and then says that the tool is whole. */
  async put(name: string, key: string, tool: Tool, files: string[], how: "move" | "link"): Promise<Tool> {
    await this.forget(name);
    await mkdir(this.bin, { recursive: true });
    await mkdir(this.#stamps, { recursive: true });
    const sizes: Record<string, number> = {};
    for (const file of files) {
      const base = file.slice(file.lastIndexOf("/") + 1);
      await (how === "move" ? rename(file, join(this.bin, base)) : replaceByLink(join(this.bin, base), file));
      sizes[base] = (await stat(join(this.bin, base))).size;
    }
    const { cached: _, ...kept } = tool;
    await writeFile(this.#path(name), JSON.stringify({ key, tool: kept, files: sizes } satisfies Stamp, undefined, 2));
    return tool;
  }

  /** What is in the folder under this name is no longer to be trusted. */
  async forget(name: string): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  #path(name: string): string {
    return join(this.#stamps, `${name}.stamp.json`);
  }

  async #read(name: string): Promise<Stamp | undefined> {
    return readFile(this.#path(name), "utf8")
      .then((text) => JSON.parse(text) as Stamp)
      .catch(() => undefined);
  }
}

async function replaceByLink(link: string, target: string): Promise<void> {
  const fresh = `${link}.${process.pid}`;
  await rm(fresh, { force: true });
  await symlink(target, fresh);
  await rename(fresh, link);
}
