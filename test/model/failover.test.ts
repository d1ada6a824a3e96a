import { describe, expect, test } from "vitest";
import { failoverWords, markText, readMark, type FailoverMark } from "../../src/model/failover.ts";
import { tunnel } from "../../src/model/edge.ts";

const mark: FailoverMark = { since: "2026-11-30T07:18:19Z", by: "ann", from: "home", to: "spare" };

describe("the mark of a failover", () => {
  test.each<[string, FailoverMark, FailoverMark]>([
    ["without a reason", mark, mark],
    ["with one", { ...mark, why: "power is out: since noon" }, { ...mark, why: "power is out: since noon" }],
    ["of several lines", { ...mark, why: " power\n\tis out " }, { ...mark, why: "power is out" }],
    ["an empty reason", { ...mark, why: " " }, mark],
    ["a name with blanks", { ...mark, by: "Ann von: X" }, { ...mark, by: "Ann-von-X" }],
    ["no name", { ...mark, by: "" }, { ...mark, by: "somebody" }],
    ["a long name", { ...mark, by: "a".repeat(40) }, { ...mark, by: "a".repeat(20) }],
  ])("is read as it was written: %s", (_, written, read) => {
    const text = markText(written);
    expect(readMark(text)).toEqual(read);
    expect(text.length).toBeLessThanOrEqual(100);
  });

  test("a reason is cut where the comment is full, and no character in two", () => {
    const text = markText({ ...mark, why: "x🦀".repeat(60) });
    expect(text.length).toBeLessThanOrEqual(100);
    expect(text.isWellFormed()).toBe(true);
    expect(readMark(text)?.why).toMatch(/^x🦀.*…$/u);
  });

  test("names that leave no room are refused", () => {
    expect(() => markText({ ...mark, from: "a".repeat(40), to: "b".repeat(40) })).toThrow(
      /too long: .* 100 characters/,
    );
  });

  test.each([
    ["none", null],
    ["left out", undefined],
    ["empty", ""],
    ["a person's", "failed over to the droplet, ann"],
    ["a person's with a time", "failed over 2026-11-30 home>spare by ann"],
    ["before it stands something", `see: ${markText(mark)}`],
    ["after it stands something", `${markText(mark)} (tell bob)`],
    ["several lines", `${markText(mark)}\nmore`],
  ])("a comment that is no mark: %s", (_, comment) => {
    expect(readMark(comment)).toBeUndefined();
  });

  test("in words", () => {
    expect(failoverWords({ ...mark, why: "power is out" })).toBe(
      "failed over since 2026-11-30 07:18:19 UTC by ann, from home to spare: power is out",
    );
  });
});

describe("the silence after which a standby takes over", () => {
  const declared = (after: string | number) =>
    tunnel({ name: "home", hosts: ["pi"], failover: { to: "spare", after } }).failover?.after;
  test.each<[string | number, number]>([
    ["30 s", 30],
    ["2 min", 120],
    [45, 45],
  ])("%s", (after, seconds) => expect(declared(after)).toBe(seconds));
  test.each(["5 s", 5, "30", "1 hour", 10.5, -30])("%s is refused", (after) => {
    expect(() => declared(after)).toThrow(/failover\.after/);
  });
  test("30 s when left out", () => {
    expect(tunnel({ name: "home", hosts: ["pi"], failover: { to: "spare" } }).failover?.after).toBe(30);
  });
});
