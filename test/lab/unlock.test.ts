import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pulumi, type EngineTarget } from "../../src/engine/run.ts";
import { startMoto, type Moto } from "../../src/lab/clouds/aws/moto.ts";
import { withTools } from "../../src/deploy/tools.ts";
import { root } from "../../src/setup/paths.ts";

/** `fleet unlock` with the real engine, on a folder and on a bucket; moto stands in for S3. */

let folder: string;
let moto: Moto;
const lockPath = ".pulumi/locks/organization/fleet/alaivos";
const lock = (pid: number, host = "laptop") =>
  JSON.stringify({ pid, username: "anna", hostname: host, timestamp: new Date().toISOString() });

/** The stack alaivos, empty, in a backend. */
async function stackAt(url: string): Promise<NodeJS.ProcessEnv> {
  const cwd = join(folder, "project");
  await mkdir(cwd, { recursive: true });
  await writeFile(join(cwd, "Pulumi.yaml"), "name: fleet\nruntime: nodejs\n");
  const own = {
    PULUMI_BACKEND_URL: url,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_CONFIG_PASSPHRASE: "x",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    AWS_ACCESS_KEY_ID: "lab",
    AWS_SECRET_ACCESS_KEY: "lab",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const env = withTools({ ...process.env, ...own });
  const target: EngineTarget = { stack: "alaivos", cwd, env };
  await pulumi(["stack", "init", "alaivos"], target);
  return env;
}

const fleet = (
  env: NodeJS.ProcessEnv,
  ...args: string[]
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, "src/cli/main.ts"), "unlock", ...args], {
      env,
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => (stdout += text));
    child.stderr.on("data", (text) => (stderr += text));
    child.on("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-unlock-test-"));
});
afterAll(async () => {
  await moto?.close();
  await rm(folder, { recursive: true });
});

describe("a folder", () => {
  let env: NodeJS.ProcessEnv;
  let locks: string;
  beforeAll(async () => {
    const state = join(folder, "state");
    await mkdir(state);
    env = await stackAt(`file://${state}`);
    locks = join(state, lockPath);
    await mkdir(locks, { recursive: true });
  });

  test("nobody holds it", async () =>
    expect(await fleet(env, "alaivos")).toEqual({ exitCode: 0, stdout: "alaivos is not locked\n", stderr: "" }));

  test("another computer's lock is shown, and freed only with --yes or a person's word", async () => {
    await writeFile(join(locks, "1.json"), lock(4711));
    const shown = new RegExp(
      String.raw`^alaivos is locked by anna on laptop \(process 4711\), since \S+ \S+ UTC: ` +
        String.raw`whether that process still runs cannot be seen from here: make sure of it there\n`,
    );
    expect(await fleet(env, "alaivos")).toEqual({
      exitCode: 1,
      stdout: expect.stringMatching(shown),
      stderr: expect.stringContaining("add --yes"),
    });
    expect(await readdir(locks)).toEqual(["1.json"]);
    expect(await fleet(env, "alaivos", "--yes")).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/\nalaivos is free\n$/),
      stderr: "",
    });
    expect(await readdir(locks)).toEqual([]);
  });

  test("the lock of a process that runs here is kept, unless --force is given", async () => {
    await writeFile(join(locks, "1.json"), lock(process.pid, hostname()));
    expect(await fleet(env, "alaivos", "--yes")).toEqual({
      exitCode: 1,
      stdout: expect.stringContaining("that process still runs, on this computer"),
      stderr: expect.stringContaining("--force frees alaivos all the same"),
    });
    expect(await readdir(locks)).toEqual(["1.json"]);
    expect(await fleet(env, "alaivos", "--force", "--yes")).toMatchObject({ exitCode: 0 });
    expect(await readdir(locks)).toEqual([]);
  });
});

describe("a bucket", () => {
  let env: NodeJS.ProcessEnv;
  const send = (method: string, path: string, body?: string) =>
    fetch(`${moto.url}/state-bucket${path}`, {
      method,
      body,
      headers: {
        authorization:
          "AWS4-HMAC-SHA256 Credential=lab/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x",
      },
    });
  const objects = async () =>
    [...(await (await send("GET", "?list-type=2")).text()).matchAll(/<Key>([^<]+)<\/Key>/g)]
      .map(([, key]) => key!)
      .sort();
  beforeAll(async () => {
    moto = await startMoto();
    await send("PUT", "");
    env = await stackAt(
      `s3://state-bucket?endpoint=${encodeURIComponent(moto.url)}&region=us-east-1&use_path_style=true`,
    );
  });

  test("nobody holds it, and looking leaves nothing behind", async () => {
    const before = await objects();
    expect(await fleet(env, "alaivos")).toEqual({ exitCode: 0, stdout: "alaivos is not locked\n", stderr: "" });
    expect(await objects()).toEqual(before);
  });

  test("who holds it is shown, and it is freed with --yes", async () => {
    const before = await objects();
    await send("PUT", `/${lockPath}/1.json`, lock(4711));
    expect(await fleet(env, "alaivos")).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("anna on laptop (process 4711)"),
    });
    expect(await objects()).toContain(`${lockPath}/1.json`);
    expect(await fleet(env, "alaivos", "--yes")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/alaivos is free\n$/),
    });
    expect(await objects()).toEqual(before);
  });

  test("a stack that is not there is not made by asking", async () => {
    const before = await objects();
    expect(await fleet(env, "nowhere")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("there is no state of a stack nowhere at s3://state-bucket"),
    });
    expect(await objects()).toEqual(before);
  });

  test("a bucket that does not answer is told", async () => {
    await moto.close();
    expect(await fleet({ ...env, AWS_MAX_ATTEMPTS: "1" }, "alaivos")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("connection refused"),
    });
  });
});
