import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { beginUp, endUp, forgetUp, readUpRecord } from "../../src/deploy/last-up.ts";
import { withTools } from "../../src/deploy/tools.ts";
import { pulumi, type EngineTarget } from "../../src/engine/run.ts";
import { readTag, writeTag } from "../../src/engine/stack-tag.ts";
import { startMoto, type Moto } from "../../src/lab/clouds/aws/moto.ts";

/** Tags of a stack with the real engine, in a folder and in a bucket; moto stands in for S3. */

let folder: string;
let moto: Moto;
const targets: Record<string, EngineTarget> = {};

async function stackAt(url: string): Promise<EngineTarget> {
  const own = {
    PULUMI_BACKEND_URL: url,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_CONFIG_PASSPHRASE: "x",
    AWS_ACCESS_KEY_ID: "lab",
    AWS_SECRET_ACCESS_KEY: "lab",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const target = { stack: "alaivos", cwd: join(folder, "project"), env: withTools({ ...process.env, ...own }) };
  await pulumi(["stack", "init", "alaivos"], target);
  return target;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-tag-test-"));
  await mkdir(join(folder, "project"));
  await mkdir(join(folder, "state"));
  await writeFile(join(folder, "project/Pulumi.yaml"), "name: fleet\nruntime: nodejs\n");
  moto = await startMoto();
  await fetch(`${moto.url}/state`, { method: "PUT" });
  targets["a folder"] = await stackAt(`file://${join(folder, "state")}`);
  targets["a bucket"] = await stackAt(
    `s3://state?endpoint=${encodeURIComponent(moto.url)}&region=us-east-1&use_path_style=true`,
  );
});
afterAll(async () => {
  await moto?.close();
  await rm(folder, { recursive: true });
});

test.each(["a folder", "a bucket"])("%s keeps what an `up` did not reach", async (where) => {
  const target = targets[where]!;
  const unreached = [{ urn: "urn:pulumi:alaivos::fleet::t::x", host: null, why: 'refused: "Größe" {}\n' }];
  expect(await readUpRecord(target)).toBeUndefined();
  const begun = await beginUp(target, "f1");
  expect(await readUpRecord(target)).toEqual(begun);
  await endUp(target, begun, unreached);
  expect(await readUpRecord(target)).toEqual({ ...begun, ended: expect.any(String), unreached });
  await forgetUp(target);
  expect(await readUpRecord(target)).toBeUndefined();
});

test("the engine reads what was written into a folder, and the other way round", async () => {
  const target = targets["a folder"]!;
  await writeTag(target, "ours", "a b");
  await pulumi(["stack", "tag", "set", "theirs", "c", "--stack", "alaivos"], target);
  expect(await pulumi(["stack", "tag", "get", "ours", "--stack", "alaivos"], target)).toBe("a b\n");
  expect([await readTag(target, "ours"), await readTag(target, "theirs")]).toEqual(["a b", "c"]);
});
