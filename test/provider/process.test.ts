import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { credentials } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import grpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { expect, test } from "vitest";
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

test("it ends when its engine was killed without a word", async () => {
  // The engine: a shell that starts the plugin, tells its process id and waits.
  const engine = spawn("sh", ["-c", `"${executable}" >/dev/null & echo $!; wait`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = (await once(engine.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  await sleep(1000);
  expect(isAlive(pid)).toBe(true);
  engine.kill("SIGKILL");
  for (let i = 0; i < 50 && isAlive(pid); i++) await sleep(100);
  expect(isAlive(pid)).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
