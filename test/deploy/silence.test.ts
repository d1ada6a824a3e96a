import { expect, test } from "vitest";
import { listen, type Connection, type Silence } from "../../src/deploy/failover/silence.ts";

const names: Record<string, Connection> = { c: "connected", s: "silent", "?": "unknown" };

/** What a watch has counted after looks ten seconds apart. */
const counted = (looks: string): number =>
  looks.split("").reduce<Silence | undefined>((before, look, i) => listen(before, names[look]!, i * 10), undefined)!
    .seconds;

test.each([
  ["connected", "ccc", 0],
  ["silent from the first look on", "ss", 10],
  ["silent at one look", "ccs", 0],
  ["silent all the time", "csss", 20],
  ["connected again", "csssc", 0],
  ["connected again, then silent", "csscss", 10],
  ["no answer at all", "c????", 0],
  ["no answer, then silent at one look", "c???s", 0],
  ["no answer in the middle counts for nothing", "css??ss", 20],
  ["one answer now and then never adds up", "s?s?s?s", 0],
])("how long nobody was connected: %s", (_, looks, seconds) => expect(counted(looks)).toBe(seconds));
