import { afterEach, beforeEach, expect, test } from "vitest";
import { pathsOf } from "../../src/clouds/cloudflare/failover/paths.ts";
import type { Cloud } from "../../src/deploy/failover/cloud.ts";
import { watch } from "../../src/deploy/failover/watch.ts";
import { markText } from "../../src/model/failover.ts";
import { homeAndSpare, startWorld, type World } from "../clouds/failover/world.ts";

let world: World;
let said: string;
const write = process.stderr.write.bind(process.stderr);
beforeEach(async () => {
  world = await startWorld();
  said = "";
  process.stderr.write = (text: string | Uint8Array) => ((said += String(text)), true);
});
afterEach(async () => {
  process.stderr.write = write;
  await world.close();
});

/** Watches until something is said, then interrupts. */
async function watched(until: RegExp): Promise<unknown> {
  const cloud: Cloud = {
    name: "test",
    lab: true,
    fleet: homeAndSpare,
    files: {},
    target: { stack: "test", cwd: "/", env: {} },
    connect: world.connect,
    proxy: { address: () => Promise.reject(new Error("nobody is to visit")) },
  };
  const paths = pathsOf(homeAndSpare, "alpha", undefined);
  const ended = watch(cloud, paths, { host: "alpha", by: "ann", targets: [] }).then(
    () => "ended",
    (error: { exitCode?: number }) => error.exitCode,
  );
  await expect.poll(() => said).toMatch(until);
  process.emit("SIGINT");
  return ended;
}

test.each<[string, () => unknown, RegExp]>([
  ["connected", () => undefined, /the tunnel home is connected/],
  ["without a connection, for less than its time", () => world.cut("home"), /the tunnel home has no connection/],
  [
    "not told of by Cloudflare",
    () => world.faults.add({ fault: "status", status: 403, path: "/accounts/*/cfd_tunnel" }),
    /the tunnel home can't be told of: Cloudflare answered 403/,
  ],
])("a tunnel that is %s is not failed over, and Ctrl-C ends the watch", async (_, change, words) => {
  change();
  const before = await world.leads();
  expect(await watched(words)).toBe(130);
  expect(await world.leads()).toEqual(before);
});

test("what is failed over already is not watched", async () => {
  const comment = markText({ by: "bob", since: "2026-11-30T07:18:19Z", from: "home", to: "standby" });
  for (const name of ["www.example.com", "api.example.com", "www.example.org"])
    await world.edit(name, { content: world.targetOf("standby"), comment });
  expect(await watched(/^/)).toBe("ended");
});
