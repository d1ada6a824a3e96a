import { expect, test } from "vitest";
import { count, fileLine, oneLine, withoutMiddle } from "../../src/markup/visible.ts";
import { hostile } from "../report/hostile.ts";

test.each([
  ["plain text", "über 10 € → ok", "über 10 € → ok"],
  ["an escape sequence", "\u001b[31mred", "⟨U+001B⟩[31mred"],
  ["several lines", "a\r\nb\tc", "a⟨U+000D⟩⟨U+000A⟩b⟨U+0009⟩c"],
  ["a direction mark", "a\u202eb", "a⟨U+202E⟩b"],
  ["half of a pair", "a\ud83db", "a⟨U+D83D⟩b"],
  ["a whole pair", "a😀b", "a😀b"],
  ["invisible letters", "a\u200b\u3164b", "a⟨U+200B⟩⟨U+3164⟩b"],
  ["a tag", "\u{e0041}", "⟨U+E0041⟩"],
])("oneLine shows %s", (_what, text, shown) => expect(oneLine(text)).toBe(shown));

test("fileLine leaves tabs", () => expect(fileLine("\ta\u0007")).toBe("\ta⟨U+0007⟩"));

test("a long text loses its middle, and no pair is cut in two", () => {
  expect(oneLine("x".repeat(200))).toBe("x".repeat(200));
  expect(oneLine("x".repeat(1000), 100)).toBe(`${"x".repeat(30)} … 940 characters … ${"x".repeat(30)}`);
  expect(oneLine("😀".repeat(1000), 101)).toBe(`${"😀".repeat(15)} … 1,940 characters … ${"😀".repeat(15)}`);
});

test.each(hostile)("nothing hidden is left of %s", (_name, text) => {
  for (const shown of [oneLine(text), fileLine(text)]) {
    expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    expect(shown.isWellFormed()).toBe(true);
    expect(shown.length).toBeLessThanOrEqual(400);
  }
});

test("lists keep their ends", () => {
  expect(withoutMiddle([1, 2], 2)).toEqual({ head: [1, 2], cut: 0, tail: [] });
  expect(withoutMiddle([1, 2, 3, 4, 5], 3)).toEqual({ head: [1, 2], cut: 2, tail: [5] });
  expect(withoutMiddle([1, 2], 0)).toEqual({ head: [], cut: 2, tail: [] });
});

test("count", () =>
  expect([count(1, "line"), count(1204, "line"), count(2, "entry", "entries")]).toEqual([
    "1 line",
    "1,204 lines",
    "2 entries",
  ]));
