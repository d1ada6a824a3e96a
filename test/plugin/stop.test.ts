import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { credentials } from "@grpc/grpc-js";
import grpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import { expect, test } from "vitest";
import { fromStruct } from "./struct.ts";

const node = fileURLToPath(new URL("../../node_modules/.bin/node", import.meta.url));
const slow = fileURLToPath(new URL("slow-plugin.ts", import.meta.url));

test("a command that is gone without a word: what runs is answered, and then the plugin ends by itself", async () => {
  const plugin = spawn(node, [slow, "attached"], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = (await once(plugin.stdout, "data")) as [Buffer];
  const client = new grpc.ResourceProviderClient(`127.0.0.1:${line.toString().trim()}`, credentials.createInsecure());
  const request = new pb.InvokeRequest();
  request.setTok("slow:a:work");
  const invoke = () =>
    new Promise((resolve, reject) =>
      client.invoke(request, (error, response) => (error ? reject(error) : resolve(fromStruct(response.getReturn())))),
    );
  const answer = invoke();
  const exit = once(plugin, "exit");
  plugin.stdin.end();
  expect(await answer).toEqual({ cancelled: false });
  expect(await invoke()).toEqual({ cancelled: false });
  expect(await exit).toEqual([0, null]);
  client.close();
}, 15_000);

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s in the middle of work: cancelled, answered, then ended",
  async (signal) => {
    const plugin = spawn(node, [slow], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(plugin.stdout, "data")) as [Buffer];
    const client = new grpc.ResourceProviderClient(`127.0.0.1:${line.toString().trim()}`, credentials.createInsecure());
    const request = new pb.InvokeRequest();
    request.setTok("slow:a:work");
    const answer = new Promise((resolve, reject) =>
      client.invoke(request, (error, response) => (error ? reject(error) : resolve(fromStruct(response.getReturn())))),
    );
    await sleep(300);
    const exit = once(plugin, "exit");
    plugin.kill(signal);
    plugin.kill(signal);
    expect(await answer).toEqual({ cancelled: true });
    expect(await exit).toEqual([0, null]);
    client.close();
  },
);
