import { DescribeImagesCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kinds } from "../../../src/clouds/vendors.ts";
import { nameOf, typeOf } from "../../../src/engine/events.ts";
import { fleetOf, rows, type Row } from "./rows.ts";
import { done, startWorld, type World } from "./world.ts";

/** Every kind of thing that the fleet deploys goes this way, each test from where the one before has ended. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
  const { Images = [] } = await world
    .aws!.client("eu-west-2")
    .send(new DescribeImagesCommand({ Filters: [{ Name: "name", Values: ["debian-12-arm64-*"] }] }));
  process.env.FLEET_TEST_AMI = Images[0]!.ImageId!;
});
afterAll(() => world.close());

/** Parts of a machine that are no kind of thing in a cloud. */
const isPart = (line: string) => / london-(region|running|association)$/.test(line) || line.endsWith("-host-key");
const up = async (some: readonly Row[], edited: boolean) =>
  done(await world.up(fleetOf(some, edited))).filter((line) => !isPart(line));
const lines = (op: string, some: readonly Row[]) => some.map(({ name }) => `${op} ${name}`).sort();
/** What it is called before the edit, where what it says is part of that. */
const before: Record<string, string> = {
  "example.com MX 20 mx.example.net": "example.com MX 10 mx.example.net",
  "example.com TXT v=spf1 ~all": "example.com TXT v=spf1 -all",
};

test("every kind that is deployed has a row", () => {
  const deployable = kinds.filter((kind) => kind.resource !== undefined).map(({ is }) => is);
  expect(deployable.filter((is) => !rows.some(({ kind }) => kind === is))).toEqual([]);
});

test("all of it is made", async () =>
  expect(await up(rows, false)).toEqual(
    lines(
      "create",
      rows.map((row) => ({ ...row, name: before[row.name] ?? row.name })),
    ),
  ));

test("a second run changes nothing", async () => expect(await up(rows, false)).toEqual([]));

test("what is edited changes in place", async () =>
  expect(await up(rows, true)).toEqual(
    lines(
      "update",
      rows.filter(({ edit }) => edit),
    ),
  ));

test("and no more the next time", async () => expect(await up(rows, true)).toEqual([]));

test("what somebody changes by hand is named, and put back", async () => {
  const broken = rows.filter(({ byHand }) => byHand);
  for (const { byHand } of broken) await byHand!.do(world);
  const { resources } = await world.drift(fleetOf(rows, true));
  const drifted = resources.filter(({ status, urn }) => status !== "same" && !isPart(nameOf(urn)));
  expect(drifted.map(({ urn, changes }) => [typeOf(urn), nameOf(urn), changes.map(({ path }) => path)])).toEqual(
    expect.arrayContaining(
      broken.map(({ kind, name, byHand }) => [
        kinds.find(({ is }) => is === kind)!.token,
        name,
        expect.arrayContaining([expect.stringContaining(byHand!.path) as string]) as string[],
      ]),
    ),
  );
  expect(drifted).toHaveLength(broken.length);
  expect((await up(rows, true)).map((line) => line.slice(line.indexOf(" ") + 1)).sort()).toEqual(
    broken.map(({ name }) => name).sort(),
  );
  expect(await up(rows, true)).toEqual([]);
});

test("what the stack has forgotten is taken over, and nothing of it is changed", async () => {
  await world.forget("kinds");
  const of = (what: Row["adopted"]) => rows.filter(({ adopted = "import" }) => adopted === what);
  expect((await up(rows, true)).filter((line) => !line.startsWith("create"))).toEqual(
    [...lines("import", of("import")), ...lines("update", of("update"))].sort(),
  );
  expect(await up(rows, true)).toEqual([]);
});

test("what is taken out of the files goes, apart from what is protected", async () => {
  const kept = rows.filter(({ isProtected }) => isProtected);
  expect(await up(kept, true)).toEqual(
    lines(
      "delete",
      rows.filter((row) => !kept.includes(row)),
    ),
  );
});
