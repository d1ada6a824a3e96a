import { afterEach, beforeEach, expect, test } from "vitest";
import { failedOverNow } from "../../../src/clouds/cloudflare/failover/now.ts";
import { record } from "../../../src/clouds/cloudflare/record/index.ts";
import { lookAtKinds } from "../../../src/clouds/look.ts";
import { markText } from "../../../src/model/failover.ts";
import { planned } from "../../../src/model/status.ts";
import { homeAndSpare, startWorld, type World } from "./world.ts";

let world: World;
beforeEach(async () => void (world = await startWorld()));
afterEach(() => world.close());

const MARK = markText({ by: "ann", since: "2026-11-30T07:18:19Z", from: "home", to: "standby" });

const look = (fleet = homeAndSpare) =>
  lookAtKinds({ stack: "test", fleet, state: [], env: world.env, script: () => undefined });

test.each<[string, () => Promise<void>, string[]]>([
  ["nothing was moved", async () => undefined, []],
  [
    "by a failover",
    () => world.edit("www.example.com", { content: world.targetOf("standby"), comment: MARK }),
    ["www.example.com"],
  ],
  ["by hand, without a mark", () => world.edit("www.example.com", { content: world.targetOf("standby") }), []],
  ["by hand, after a failover", () => world.edit("www.example.com", { comment: MARK }), []],
  [
    "to a tunnel that no file knows",
    () => world.edit("www.example.com", { content: "x.cfargotunnel.com", comment: MARK.replace("standby", "gone") }),
    [],
  ],
])("what counts as failed over when a fleet is looked at: %s", async (_, change, expected) => {
  await change();
  const { view } = await look();
  expect(Object.keys(view.failedOver ?? {})).toEqual(expected);
});

test("a name that is failed over is declared as it is there, so that an `up` leaves it", async () => {
  await world.edit("www.example.com", { content: world.targetOf("standby"), comment: MARK });
  const { view, refused } = await look();
  // Taken over as it is: in no field is it other than declared.
  expect([refused, view.adopt.includes("cloudflare/record/www.example.com CNAME")]).toEqual([[], true]);
  const declared = record.declared({ ...homeAndSpare, failedOver: view.failedOver! });
  const led = declared.map(({ name, model }) => [name, model.tunnel, model.is.comment]);
  expect(led).toContainEqual(["www.example.com CNAME", "standby", MARK]);
  expect(led).toContainEqual(["api.example.com CNAME", "home", undefined]);
});

test("a check from outside knows of it too", async () => {
  await world.edit("www.example.com", { content: world.targetOf("standby"), comment: MARK });
  const known = { address: (key: string) => world.targetOf(key.replace("tunnel ", "")), script: () => undefined };
  expect(await failedOverNow(world.connect(), homeAndSpare, known)).toEqual({
    "www.example.com": { to: "standby", comment: MARK },
  });
});

test("a standby that is only planned holds no name", async () => {
  await world.edit("www.example.com", { content: world.targetOf("standby"), comment: MARK });
  const { edge } = homeAndSpare;
  const { view } = await look({
    ...homeAndSpare,
    edge: { ...edge, tunnels: edge.tunnels.map((each) => (each.standby ? planned(each) : each)) },
  });
  expect(view.failedOver).toEqual({});
});

test("when Cloudflare does not answer, nothing is taken for not failed over", async () => {
  world.faults.add({ fault: "status", status: 403, path: "/zones/*/dns_records" });
  await expect(look()).rejects.toThrow("Cloudflare answered 403");
});
