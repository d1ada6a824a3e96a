import { expect, test } from "vitest";
import { Census } from "../../src/provider/census.ts";

type Step = (census: Census) => void;
const sees =
  (service: string): Step =>
  (census) =>
    census.sees("tokyo", service);
const changes =
  (by: 1 | -1): Step =>
  (census) =>
    census.changes("tokyo", by);

test.each<[string, number | undefined, Step[], number | undefined]>([
  ["nothing is known and nothing happens", undefined, [], undefined],
  ["nothing happens", 3, [], 3],
  ["the first look", undefined, [sees("a"), sees("b")], 2],
  ["the same look twice, by two runs of the engine", 2, [sees("a"), sees("b"), sees("a"), sees("b")], 2],
  ["a look at a part", 3, [sees("a")], 3],
  ["a look that finds more", 1, [sees("a"), sees("b")], 2],
  ["from nothing", undefined, [changes(1), changes(1)], 2],
  ["one is made and two are taken away", 3, [changes(1), changes(-1), changes(-1)], 2],
  ["one is taken away that nobody knew of", undefined, [changes(-1)], 0],
])("%s", (_, before, steps, after) => {
  const census = new Census(new Map(before === undefined ? [] : [["tokyo", before]]));
  for (const step of steps) step(census);
  expect([census.of("tokyo"), census.of("zurich")]).toEqual([after, undefined]);
});
