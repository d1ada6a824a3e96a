import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unzip } from "../../src/setup/unzip.ts";

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), "fleet-zip-")); });
afterEach(() => rm(folder, { recursive: true }));

/** Made by `python3 -m zipfile -c a.zip module`: module/LICENSE ("text " thirty times, deflated) and module/bin/go ("program"). */
const archive = Buffer.from([
  "UEsDBBQAAAAAAAhPdV0AAAAAAAAAAAAAAAAHAAAAbW9kdWxlL1BLAwQUAAAACAAIT3Vd9URGlwoAAACWAAAADgAAAG1vZHVsZS9MSUNFTlNFK0mtKFEoGWwE",
  "AFBLAwQUAAAAAAAIT3VdAAAAAAAAAAAAAAAACwAAAG1vZHVsZS9iaW4vUEsDBBQAAAAIAAhPdV2Ed+2SCQAAAAcAAAANAAAAbW9kdWxlL2Jpbi9nbysoyk8v",
  "SswFAFBLAQIUAxQAAAAAAAhPdV0AAAAAAAAAAAAAAAAHAAAAAAAAAAAAEADtQQAAAABtb2R1bGUvUEsBAhQDFAAAAAgACE91XfVERpcKAAAAlgAAAA4AAAAA",
  "AAAAAAAAAKSBJQAAAG1vZHVsZS9MSUNFTlNFUEsBAhQDFAAAAAAACE91XQAAAAAAAAAAAAAAAAsAAAAAAAAAAAAQAO1BWwAAAG1vZHVsZS9iaW4vUEsBAhQD",
  "FAAAAAgACE91XYR37ZIJAAAABwAAAA0AAAAAAAAAAAAAAKSBhAAAAG1vZHVsZS9iaW4vZ29QSwUGAAAAAAQABADlAAAAuAAAAAAA",
].join(""), "base64");

const options = { prefix: "module/", executable: (path: string) => path.startsWith("bin/") };

test("files come out whole, without the prefix, programs executable", async () => {
  await unzip(archive, join(folder, "out"), options);
  expect(await readFile(join(folder, "out/LICENSE"), "utf8")).toBe("text ".repeat(30));
  expect(await readFile(join(folder, "out/bin/go"), "utf8")).toBe("program");
  expect((await stat(join(folder, "out/bin/go"))).mode & 0o777).toBe(0o755);
  expect((await stat(join(folder, "out/LICENSE"))).mode & 0o777).toBe(0o644);
});

test("what is no archive, or holds a file outside the prefix, is refused", async () => {
  await expect(unzip(Buffer.from("<html>"), join(folder, "out"), options)).rejects.toThrow("not a zip archive");
  await expect(unzip(archive, join(folder, "out"), { ...options, prefix: "other/" })).rejects.toThrow("not under other/");
});
