import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { move } from "../../../src/clouds/cloudflare/failover/move.ts";
import { carriedBy, pathsOf } from "../../../src/clouds/cloudflare/failover/paths.ts";
import { planFailback, planFailover } from "../../../src/clouds/cloudflare/failover/plan.ts";
import { look } from "../../../src/clouds/cloudflare/failover/sight.ts";
import { markText } from "../../../src/model/failover.ts";
import { homeAndSpare, startWorld, type World } from "./world.ts";

let world: World;
beforeEach(async () => void (world = await startWorld()));
afterEach(() => world.close());

const memory = { by: "ann", since: "2026-11-30T07:18:19Z", why: "power is out" };
const MARK = markText({ ...memory, from: "home", to: "standby" });

async function failover() {
  const paths = pathsOf(homeAndSpare, "alpha", "spare");
  return planFailover(paths, await look(world.connect(), [paths[0]!.from], [paths[0]!.standby]), memory);
}
async function failback() {
  const tunnels = carriedBy(homeAndSpare, "alpha");
  return planFailback(tunnels, await look(world.connect(), tunnels, []));
}

const AT_HOME = [
  "api.example.com → home",
  "attic.example.com → attic",
  "www.example.com → home",
  "www.example.org → home",
];
const AT_STANDBY = AT_HOME.map((line) => line.replace("→ home", `→ standby (${MARK})`));

describe("a failover and its failback", () => {
  test("move the names of the host's tunnel, and no other; a second time nothing", async () => {
    const plan = await failover();
    expect([plan.doubts, plan.moves.length, plan.done]).toEqual([[], 3, []]);
    expect(await move(world.connect, plan.moves)).toBeUndefined();
    expect(await world.leads()).toEqual(AT_STANDBY);
    const again = await failover();
    expect([again.moves, again.done.map(({ name, mark }) => [name, mark?.by, mark?.since])]).toEqual([
      [],
      ["www.example.com", "api.example.com", "www.example.org"].map((name) => [name, "ann", memory.since]),
    ]);

    const back = await failback();
    expect([back.doubts, back.moves.length]).toEqual([[], 3]);
    expect(await move(world.connect, back.moves)).toBeUndefined();
    expect(await world.leads()).toEqual(AT_HOME);
    const none = await failback();
    expect([none.moves, none.doubts, none.left, none.done.length]).toEqual([[], [], [], 3]);
  });

  test("what somebody led elsewhere by hand is doubted, and left alone by a failback", async () => {
    await world.edit("api.example.com", { content: "elsewhere.example.net", comment: "ann: for a test" });
    expect((await failover()).doubts).toEqual([
      "api.example.com leads to elsewhere.example.net, where neither the files nor a failover led it",
    ]);
    const back = await failback();
    expect([back.moves, back.left]).toEqual([
      [],
      ["api.example.com is not failed over, and leads to elsewhere.example.net"],
    ]);
  });

  test("a name without a record is told, and the others can go", async () => {
    await world.edit("api.example.com", {});
    const record = (
      await world.client.dns.records.list({ zone_id: world.zones.com, name: { exact: "api.example.com" } })
    ).result[0]!;
    await world.client.dns.records.delete(record.id, { zone_id: world.zones.com });
    const plan = await failover();
    expect([plan.moves.length, plan.doubts]).toEqual([
      2,
      ["api.example.com has no CNAME at Cloudflare, so it stays as it is"],
    ]);
  });

  test.each<[string, () => void, string[]]>([
    ["connected", () => undefined, []],
    ["with some of its connections", () => world.cut("standby", 1), []],
    ["down", () => world.cut("standby"), ["the tunnel standby is down at Cloudflare: no connector answers"]],
  ])("a standby that is %s", async (_, change, doubts) => {
    change();
    expect((await failover()).doubts).toEqual(doubts);
  });

  test("a standby that has no ingress for a name", async () => {
    const { id } = (await look(world.connect(), [], [homeAndSpare.edge.tunnels[2]!])).tunnels.get("standby")!;
    await world.client.zeroTrust.tunnels.cloudflared.configurations.update(id, {
      account_id: homeAndSpare.edge.account!,
      config: {
        ingress: [{ hostname: "www.example.com", service: "http://localhost:80" }, { service: "http_status:404" }],
      } as never,
    });
    expect((await failover()).doubts).toEqual([
      "the tunnel standby has no ingress for api.example.com, www.example.org",
    ]);
  });

  test("a standby that no `up` has made yet", async () => {
    const id = world.targetOf("standby").split(".")[0]!;
    world.cut("standby");
    await world.client.zeroTrust.tunnels.cloudflared.delete(id, { account_id: homeAndSpare.edge.account! });
    await expect(failover()).rejects.toThrow("the tunnel standby is not there yet: `fleet up` makes it");
  });
});

describe("faults while names are moved", () => {
  const batchOf = (zone: string) => `/zones/${zone}/dns_records/batch`;

  test.each<[string, Parameters<World["faults"]["add"]>[0]]>([
    ["is busy", { fault: "status", status: 429, times: 2 }],
    ["answers 500, and then well", { fault: "status", status: 500, times: 2 }],
    ["does it, and its answer is lost", { fault: "lost-reply", times: 1 }],
  ])("Cloudflare %s: all are moved", async (_, fault) => {
    const { moves } = await failover();
    world.faults.add({ ...fault, path: batchOf(world.zones.org) });
    expect(await move(world.connect, moves)).toBeUndefined();
    expect(await world.leads()).toEqual(AT_STANDBY);
  });

  test("a zone that goes on with 500: those before it are moved back", async () => {
    const { moves } = await failover();
    world.faults.add({ fault: "status", status: 500, path: batchOf(world.zones.org) });
    expect(await move(world.connect, moves)).toEqual({
      why: expect.stringMatching(/^Cloudflare answered 500 .* to POST .*batch$/) as string,
      elsewhere: [],
    });
    expect(await world.leads()).toEqual(AT_HOME);
  }, 20_000);

  test("where they can't be moved back either, each is named with where it is", async () => {
    const { moves } = await failover();
    world.faults.add({ fault: "status", status: 403, path: batchOf(world.zones.org) });
    const connect = () => {
      const client = world.connect();
      const patchRecords = client.patchRecords.bind(client);
      client.patchRecords = async (zone, patches) => {
        await patchRecords(zone, patches);
        // From the first move on, nothing is taken any more.
        world.faults.add({ fault: "status", status: 403, path: "/zones/*/dns_records/batch" });
      };
      return client;
    };
    expect(await move(connect, moves)).toEqual({
      why: expect.stringMatching(/answered 403 .*check its token, and what it may change$/) as string,
      elsewhere: ["www.example.com", "api.example.com"].map((name) => ({
        name,
        is: "moved",
        to: "the tunnel standby",
      })),
    });
  });

  test("an interrupt between two zones moves the first back", async () => {
    const { moves } = await failover();
    const controller = new AbortController();
    const connect = () => {
      const client = world.connect();
      const patchRecords = client.patchRecords.bind(client);
      client.patchRecords = (zone, patches) => patchRecords(zone, patches).finally(() => controller.abort());
      return client;
    };
    expect(await move(connect, moves, controller.signal)).toEqual({ why: "it was interrupted", elsewhere: [] });
    expect(await world.leads()).toEqual(AT_HOME);
  });
});

describe("which tunnel takes over", () => {
  test.each<[string, [string, string | undefined], string]>([
    ["the one of the host that is named", ["alpha", "spare"], "home → standby"],
    ["the one that the file names", ["alpha", undefined], "home → standby"],
    ["of another host's tunnel, when it is named", ["beta", "spare"], "attic → standby"],
  ])("%s", (_, [host, to], expected) => {
    expect(pathsOf(homeAndSpare, host, to).map(({ from, standby }) => `${from.name} → ${standby.name}`)).toEqual([
      expected,
    ]);
  });

  test.each<[string, [string, string | undefined], string]>([
    ["an unknown host", ["gamma", "spare"], 'test has no host "gamma": there is alpha, beta, spare'],
    ["an unknown standby", ["alpha", "gamma"], 'test has no host "gamma": there is alpha, beta, spare'],
    [
      "a host without a tunnel of its own",
      ["spare", "alpha"],
      "spare carries no tunnel with host names; who does: alpha, beta",
    ],
    ["a host without a standby", ["alpha", "beta"], "beta carries no tunnel in standby; who does: spare"],
    [
      "no standby, and none in the file",
      ["beta", undefined],
      "where to? Add --to HOST, or give the tunnel attic failover",
    ],
  ])("is refused: %s", (_, [host, to], message) => {
    expect(() => pathsOf(homeAndSpare, host, to)).toThrow(message);
  });
});
