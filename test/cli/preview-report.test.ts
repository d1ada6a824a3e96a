import { describe, expect, test } from "vitest";
import { previewReport, readBase } from "../../src/cli/preview-report.ts";
import { describeFleet, parseBase } from "../../src/report/fleet-description.ts";
import { fleetOf, server } from "../model/fixtures.ts";
import { failure, service } from "../report/events.ts";

const fleet = fleetOf({ hosts: [server("web", { monthlyCost: { eur: 8 } })], policies: { kind: "Be kind" } });
const load = async () => ({ fleet, files: {} });
const ran =
  (exitCode: number, events: Parameters<typeof failure>[0][] = [], output = "") =>
  async () => ({
    exitCode,
    output,
    events: [service("create", "web", "x", { new: {} }), ...events.map((message) => failure(message))],
  });
const open = async () => "stack";
const broken = (message: string) => async () => {
  throw new Error(message);
};

describe("previewReport", () => {
  test("tells what changes, and what the files say", async () => {
    const report = await previewReport(
      "test",
      { open, plan: ran(0), load },
      parseBase(JSON.stringify(describeFleet(fleetOf({}), {})), "test"),
    );
    expect(report).toMatchObject({
      summary: { create: 1 },
      problems: [],
      declared: { fleet: "test" },
      compared: { cost: { before: "nothing", after: "€8/month" } },
      policies: [{ id: "kind", result: "in words" }],
    });
  });
  test("without a base compares nothing", async () =>
    expect(await previewReport("test", { open, plan: ran(0), load })).not.toHaveProperty("compared"));
  test.each([
    [
      "files that are not in order",
      { open: broken("two hosts have one address"), plan: ran(0), load },
      0,
      ["two hosts have one address"],
    ],
    [
      "an engine that fails in the middle",
      { open, plan: ran(255, ["the provider died"]), load },
      1,
      ["the provider died"],
    ],
    [
      "an engine that ends without a word",
      { open, plan: ran(255, [], "  error: locked\n"), load },
      1,
      ["error: locked"],
    ],
    ["an engine that does not start", { open, plan: broken("no network"), load }, 0, ["no network"]],
  ])("with %s tells what is known", async (_what, steps, create, problems) => {
    expect(await previewReport("test", steps, undefined)).toMatchObject({
      summary: { create },
      problems,
      declared: { fleet: "test" },
      policies: [{ id: "kind" }],
    });
  });
  test("with files that cannot be read tells just that", async () => {
    expect(
      await previewReport("test", {
        open: broken("x.ts: no such module"),
        plan: ran(0),
        load: broken("x.ts: no such module"),
      }),
    ).toEqual({
      ...(await previewReport("test", {
        open,
        plan: async () => ({ exitCode: 0, output: "", events: [] }),
        load: broken(""),
      })),
      problems: ["x.ts: no such module"],
    });
  });
});

test("readBase names the file", async () => {
  await expect(readBase("package.json", "test")).rejects.toThrow(
    "--base package.json: it is not what `fleet show test --json`",
  );
  await expect(readBase("nowhere", "test")).rejects.toThrow("--base nowhere: ENOENT");
});
