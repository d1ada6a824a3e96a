import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pulumi, type EngineTarget } from "./run.ts";

/** A tag of a stack lies beside its state, so every computer that shares the backend sees it. */
export async function readTag(target: EngineTarget, name: string): Promise<string | undefined> {
  const file = tagsFile(target);
  if (file !== undefined) return (await readTags(file))[name];
  try {
    return (await pulumi(["stack", "tag", "get", name, "--stack", target.stack], target)).trimEnd();
  } catch (error) {
    if (/stack tag '.*' not found/.test((error as Error).message)) return undefined;
    throw error;
  }
}

/**
 * Sets a tag, or removes it where there is no value. It may be an argument of a process: no secrets. @throws Error when
 * the backend takes no such value: Pulumi Cloud ends at 256 characters, the others at what a process can be given.
 */
export async function writeTag(target: EngineTarget, name: string, value: string | undefined): Promise<void> {
  const file = tagsFile(target);
  if (file !== undefined) return writeTags(file, name, value);
  const change = value === undefined ? ["rm", name] : ["set", name, value];
  await pulumi(["stack", "tag", ...change, "--stack", target.stack], target);
}

/**
 * In a folder the file is read and written directly: asking the CLI costs a third of a second each time
 * (pkg/backend/diy/tags.go of Pulumi).
 */
const tagsFile = ({ env: { PULUMI_BACKEND_URL: backend }, stack }: EngineTarget): string | undefined =>
  backend?.startsWith("file:///")
    ? join(fileURLToPath(backend), ".pulumi", "stacks", "fleet", `${stack}.pulumi-tags`)
    : undefined;

type Tags = Record<string, string>;

async function readTags(file: string): Promise<Tags> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "{}";
    throw error;
  });
  return (JSON.parse(text) as { tags?: Tags }).tags ?? {};
}

async function writeTags(file: string, name: string, value: string | undefined): Promise<void> {
  const { [name]: _, ...others } = await readTags(file);
  const tags = value === undefined ? others : { ...others, [name]: value };
  const part = `${file}.${process.pid}`;
  await writeFile(part, JSON.stringify({ version: 1, tags }), { mode: 0o600 });
  await rename(part, file);
}
