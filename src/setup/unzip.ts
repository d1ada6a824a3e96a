import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inflateRawSync } from "node:zlib";

// The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.
const END = Buffer.from("PK\x05\x06", "latin1");
const ENTRY = Buffer.from("PK\x01\x02", "latin1");
const STORED = 0;

interface Entry {
  name: string;
  /** Unpacked. */
  content: Buffer;
}

export interface UnzipOptions {
  /** Taken off every name. */
  prefix: string;
  /** Module archives carry no modes. */
  executable: (path: string) => boolean;
}

/** Unpacks an archive whose content is trusted (its hash was compared) into the folder `target`. */
export async function unzip(archive: Buffer, target: string, { prefix, executable }: UnzipOptions): Promise<void> {
  const folders = new Set<string>();
  for (const { name, content } of entries(archive)) {
    if (!name.startsWith(prefix)) throw new Error(`${name} in the archive is not under ${prefix}`);
    const path = name.slice(prefix.length);
    const file = join(target, path);
    if (!folders.has(dirname(file))) await mkdir(dirname(file), { recursive: true });
    folders.add(dirname(file));
    await writeFile(file, content, { mode: executable(path) ? 0o755 : 0o644 });
  }
}

function* entries(archive: Buffer): Generator<Entry> {
  const end = archive.lastIndexOf(END);
  if (end < 0) throw new Error("not a zip archive");
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    if (!archive.subarray(at, at + 4).equals(ENTRY)) throw new Error("damaged zip archive");
    const nameLength = archive.readUInt16LE(at + 28);
    const skipped = archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    if (!name.endsWith("/")) yield { name, content: contentOf(archive, at) };
    at += 46 + nameLength + skipped;
  }
}

function contentOf(archive: Buffer, entry: number): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  const local = archive.readUInt32LE(entry + 42);
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + archive.readUInt32LE(entry + 20));
  return method === STORED ? packed : inflateRawSync(packed);
}
