import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mergedAs, putComment, readComment, type Forge } from "../../src/ci/forge.ts";
import { ForgeServer } from "./forge-server.ts";

let server: ForgeServer;
let forge: Forge;
beforeEach(async () => {
  server = new ForgeServer();
  forge = await server.start();
});
afterEach(() => server.stop());

const body = "<!-- fleet preview s -->\n\nnew";
const old = "<!-- fleet preview s -->\n\nold";
const bodies = () => server.comments.map((comment) => comment.body);
const writes = () => server.requests.filter((line) => !line.startsWith("GET"));

describe("putComment", () => {
  test("makes a comment where there is none", async () => {
    expect(await putComment(forge, 5, body)).toBe("created");
    expect(bodies()).toEqual([body]);
  });

  test("changes its own, whatever stands around it", async () => {
    server.add("first");
    server.add(old);
    server.add("<!-- fleet preview other -->\n\nold");
    expect(await putComment(forge, 5, body)).toBe("updated");
    expect(bodies()).toEqual(["first", body, "<!-- fleet preview other -->\n\nold"]);
  });

  test("leaves alone what is as it should be", async () => {
    server.add(body);
    expect(await putComment(forge, 5, body)).toBe("unchanged");
    expect(writes()).toEqual([]);
  });

  test("finds its own on a later page", async () => {
    for (let i = 0; i < 5; i += 1) server.add(`comment ${i}`, "reviewer");
    server.add(old);
    expect(await putComment(forge, 5, body)).toBe("updated");
    expect(server.requests).toEqual([
      "GET /user",
      ...["", "?page=2", "?page=3"].map((page) => `GET /repos/owner/name/issues/5/comments${page}`),
      "PATCH /repos/owner/name/issues/comments/105",
    ]);
  });

  test.each([
    ["by somebody else", old, "reviewer"],
    ["that only quotes the marker", `> ${old}`, undefined],
    ["of a stack whose name begins the same way", "<!-- fleet preview s --> more\n", undefined],
  ])("does not touch a comment %s", async (_what, text, login) => {
    server.add(text, login);
    expect(await putComment(forge, 5, body)).toBe("created");
    expect(bodies()).toEqual([text, body]);
  });

  test("makes nothing new where it should only change", async () => {
    expect(await putComment(forge, 5, body, { onlyExisting: true })).toBe("none");
    server.add(old);
    expect(await putComment(forge, 5, body, { onlyExisting: true })).toBe("updated");
  });

  test("takes the token to no other place, whatever a page says", async () => {
    for (let i = 0; i < 5; i += 1) server.add("x", "reviewer");
    server.linkOrigin = "http://127.0.0.1:9";
    expect(await putComment(forge, 5, body)).toBe("created");
    expect(server.requests.filter((line) => line.includes("page="))).toEqual([]);
  });

  test("knows its own name where the forge tells it", async () => {
    Object.assign(server, { tellsAccount: true, account: "forgejo-actions" });
    server.add(old, "github-actions[bot]");
    server.add(old);
    expect(await putComment(forge, 5, body)).toBe("updated");
    expect(bodies()).toEqual([old, body]);
  });
});

describe("a forge that", () => {
  test("is broken for a while is asked again", async () => {
    server.faults = [
      { status: 502 },
      { status: 503, headers: { "retry-after": "7" } },
      { method: "POST", status: 500 },
    ];
    expect(await putComment(forge, 5, body)).toBe("created");
    expect([server.waits, bodies()]).toEqual([[2, 7, 8], [body]]);
  });

  test("loses its answer does not get a second comment", async () => {
    server.faults = [{ method: "POST", lost: true }];
    expect(await putComment(forge, 5, body)).toBe("unchanged");
    expect(bodies()).toEqual([body]);
  });

  test.each([
    [429, { "retry-after": "3" }, 3],
    [403, { "retry-after": "3600" }, 60],
    [403, { "x-ratelimit-remaining": "0" }, 2],
  ])("is at its limit (%i %j) is given time", async (status, headers, seconds) => {
    server.faults = [{ status, headers }];
    expect(await putComment(forge, 5, body)).toBe("created");
    expect(server.waits).toEqual([seconds]);
  });

  test("stays broken is given up, with its last answer", async () => {
    server.faults = Array.from({ length: 9 }, () => ({ status: 500 }));
    await expect(putComment(forge, 5, body)).rejects.toThrow(/^127\.0\.0\.1:\d+ answered 500 to GET of pull requests$/);
    expect(server.waits).toEqual([2, 4, 8]);
  });

  test.each([
    [403, "the job needs `permissions: pull-requests: write`"],
    [404, "the job needs `permissions: pull-requests: write`"],
    [401, "the token is not valid"],
    [422, "answered 422 to POST"],
  ])("refuses with %i is not asked again, and the remedy is named", async (status, message) => {
    server.faults = [{ method: "POST", status }];
    const error = await putComment(forge, 5, body).catch((reason: Error) => reason);
    expect(error).toMatchObject({ message: expect.stringContaining(message) });
    expect((error as Error).message).not.toContain("t0ken");
    expect(writes()).toHaveLength(1);
  });

  test("is not there is given up", async () => {
    const gone = { ...forge, api: "http://127.0.0.1:9" };
    await expect(putComment(gone, 5, body)).rejects.toThrow("127.0.0.1:9 did not answer: ");
  });

  test("has its API below a path, as Forgejo has", async () => {
    const forgejo = new ForgeServer();
    const below = await forgejo.start("/api/v1");
    for (let i = 0; i < 3; i += 1) forgejo.add("x", "reviewer");
    expect(await putComment(below, 5, body)).toBe("created");
    expect(forgejo.requests).toEqual([
      "GET /user",
      "GET /repos/owner/name/issues/5/comments",
      "GET /repos/owner/name/issues/5/comments?page=2",
      "POST /repos/owner/name/issues/5/comments",
    ]);
    await forgejo.stop();
  });
});

describe("mergedAs", () => {
  const [merged, open] = [
    { number: 5, merged_at: "2026-11-21T10:00:00Z" },
    { number: 6, merged_at: null },
  ];
  test.each<[what: string, ForgeServer["kind"], (typeof server.pulls)[string], number | undefined]>([
    ["the one that was merged", "github", [open, merged], 5],
    ["the one that was merged", "forgejo", [merged], 5],
    ["none of a commit that was pushed", "github", [], undefined],
    ["none of a commit that was pushed", "forgejo", [], undefined],
    ["none that is still open", "github", [open], undefined],
  ])("finds %s at %s", async (_what, kind, pulls, number) => {
    Object.assign(server, { kind, pulls: { abc: pulls } });
    expect(await mergedAs(forge, "abc")).toBe(number);
    // It asks again before there is none: a merge is told a moment after its commit.
    expect(server.waits).toEqual(number === undefined ? [2, 4, 8] : []);
  });

  test("finds one that the forge knows of only a moment later", async () => {
    forge.sleep = async () => void (server.pulls.abc = [merged]);
    expect(await mergedAs(forge, "abc")).toBe(5);
  });

  test.each(["github", "forgejo"] as const)("takes a missing permission at %s for no answer", async (kind) => {
    Object.assign(server, { kind, readsPulls: false });
    await expect(mergedAs(forge, "abc")).rejects.toThrow("`permissions: pull-requests: read`");
  });
});

test("readComment gives its own comment, and nobody else's", async () => {
  server.add(old, "reviewer");
  expect(await readComment(forge, 5, "<!-- fleet preview s -->")).toBeUndefined();
  server.add(old);
  expect(await readComment(forge, 5, "<!-- fleet preview s -->")).toBe(old);
});
