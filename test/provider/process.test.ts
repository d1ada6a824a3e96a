import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { credentials } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import grpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { expect, onTestFinished, test } from "vitest";
import project from "../../package.json" with { type: "json" };

const executable = fileURLToPath(new URL("../../src/provider/pulumi-resource-fleet", import.meta.url));

test("the engine's way in: prints its port alone, answers, ends cleanly when asked", async () => {
  const plugin = spawn(executable, { stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  plugin.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const [line] = (await once(plugin.stdout, "data")) as [Buffer];
  expect(line.toString()).toMatch(/^\d+\n$/);
  const client = new grpc.ResourceProviderClient(`127.0.0.1:${line.toString().trim()}`, credentials.createInsecure());
  const version = await new Promise((resolve, reject) =>
    client.getPluginInfo(new empty.Empty(), (error, info) => (error ? reject(error) : resolve(info.getVersion()))),
  );
  expect(version).toBe(project.version);
  client.close();
  plugin.kill("SIGTERM");
  expect([await once(plugin, "exit"), stderr]).toEqual([[0, null], ""]);
});

test.each<[string, (pid: number, told: string) => boolean]>([
  ["before the plugin had started", (pid) => commandOf(pid).includes("main.ts")],
  ["while the plugin serves", (_, told) => /^\d+\n\d+\n$/.test(told)],
])("it ends when its engine was killed without a word, %s", { timeout: 60_000 }, async (_, isReached) => {
  // The engine: a shell that starts the plugin once its process id is told, and waits.
  const engine = spawn("sh", ["-c", `{ read -r go; exec "${executable}"; } <&0 & echo $!; wait`], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  let told = "";
  engine.stdout.on("data", (text: Buffer) => (told += text.toString()));
  await until(() => told !== "");
  const pid = Number.parseInt(told);
  onTestFinished(() => void (isAlive(pid) && process.kill(pid, "SIGKILL")));
  engine.stdin.write("go\n");
  await until(() => isReached(pid, told));
  expect(isAlive(pid)).toBe(true);
  engine.kill("SIGKILL");
  await until(() => !isAlive(pid));
});

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 15_000; !isSo(); await sleep(10)) expect(Date.now(), String(isSo)).toBeLessThan(end);
}

const commandOf = (pid: number): string => execFileSync("ps", ["-o", "args=", "-p", `${pid}`]).toString();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
