import { expect, test } from "vitest";
import {
  addressOf,
  hostKeyOf,
  isSecret,
  joinText,
  privateKey,
  publicKey,
  refsOf,
  secret,
  text,
} from "../../src/model/text.ts";

test("plain pieces collapse into a string", () => {
  expect(text`a${1}b${"c"}`).toBe("a1bc");
  expect(text``).toBe("");
  expect(joinText([])).toBe("");
  expect(joinText(["a", text`b`, "c"], ",")).toBe("a,b,c");
});

test("references stay apart, plain neighbours are merged", () => {
  expect(text`user=${"me"} token=${secret("TOKEN")}!`).toEqual({ parts: ["user=me token=", secret("TOKEN"), "!"] });
  expect(text`${text`a${addressOf("one")}`}b`).toEqual({ parts: ["a", addressOf("one"), "b"] });
  expect(joinText([secret("A"), secret("B")], "\n")).toEqual({ parts: [secret("A"), "\n", secret("B")] });
});

test("which texts must never be shown", () => {
  expect(isSecret("plain")).toBe(false);
  expect(isSecret(text`${addressOf("one")} ${publicKey("k")} ${hostKeyOf("one")}`)).toBe(false);
  expect(isSecret(text`x${secret("A")}`)).toBe(true);
  expect(isSecret(text`${privateKey("k")}`)).toBe(true);
  expect(refsOf(text`${secret("A")}-${addressOf("one")}`)).toEqual([secret("A"), addressOf("one")]);
  expect(refsOf("plain")).toEqual([]);
});
