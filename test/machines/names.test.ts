import { expect, test } from "vitest";
import { INTERFACE_NAME_LIMIT, checkMachineName, labId, machineId, portName } from "../../src/lab/machines/names.ts";
import { recipe, recipeHash } from "../../src/lab/machines/recipe.ts";

test("a lab's name depends on the checkout and the stack, and on nothing else", () => {
  expect(labId("/a", "alaivos")).toBe(labId("/a", "alaivos"));
  expect(new Set([labId("/a", "x"), labId("/b", "x"), labId("/a", "y"), labId("/a/x", "")]).size).toBe(4);
});

test("names fit: interfaces into 15 characters, machine names into a host name", () => {
  const lab = labId("/a/very/long/path".repeat(20), "a-stack-with-a-very-long-name");
  expect(lab.length).toBeLessThanOrEqual(INTERFACE_NAME_LIMIT);
  expect(portName(254).length).toBeLessThanOrEqual(INTERFACE_NAME_LIMIT);
  const longest = "m".repeat(50);
  expect(() => checkMachineName(longest)).not.toThrow();
  expect(machineId(lab, longest).length).toBeLessThanOrEqual(64);
});

test.each(["ghost-01", "CX23", "a.example", "x"])("%s can be a machine", (name) => {
  expect(() => checkMachineName(name)).not.toThrow();
});
test.each(["", "-a", "a-", "a..b", "a/b", "../x", "a b", "ä", "m".repeat(51)])("%j can't be a machine", (name) => {
  expect(() => checkMachineName(name)).toThrow(/host name/);
});

test("the image's hash follows the recipe and the mirror", () => {
  const source = { codename: "bookworm", archives: [] };
  const hash = recipeHash(recipe, source);
  expect(hash).toMatch(/^[0-9a-f]{12}$/);
  expect(recipeHash(structuredClone(recipe), structuredClone(source))).toBe(hash);
  expect(recipeHash({ ...recipe, packages: [...recipe.packages, "redis"] } as never, source)).not.toBe(hash);
  expect(recipeHash(recipe, { ...source, codename: "trixie" })).not.toBe(hash);
});
