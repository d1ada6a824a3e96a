import { expect, test } from "vitest";
import { unlessGone, type IsGone } from "../../src/provider/gone.ts";
import { UnreachableError } from "../../src/transport/types.ts";

const connection = { machine: "hcloud:server/web", account: "hcloud:firewall/4711" };
const removal = (isGone?: IsGone, failure: Error = new UnreachableError("web", "no route")) =>
  unlessGone({ urn: "urn:web", what: "the service", connection, isGone }, () => Promise.reject(failure));
const REMEDY = "If the host is gone for good, forget the service with: pulumi state delete 'urn:web'";

test("nothing is left to be removed from a machine that is gone, as its own account says", async () => {
  const asked: unknown[] = [];
  expect(await removal(async (...args) => (asked.push(args), true))).toBeUndefined();
  expect(asked).toEqual([["hcloud:server/web", "hcloud:firewall/4711"]]);
});

test.each<[string, IsGone | undefined, string]>([
  ["is there", async () => false, `web is unreachable: no route. ${REMEDY}`],
  ["nobody can be asked about", undefined, `web is unreachable: no route. ${REMEDY}`],
  [
    "nobody knows of",
    () => Promise.reject(new Error("HCLOUD_TOKEN is not set")),
    `web is unreachable: no route. Whether its machine is gone cannot be told: HCLOUD_TOKEN is not set. ${REMEDY}`,
  ],
])("a removal fails, with the way out, from one that %s", async (_, isGone, message) => {
  await expect(removal(isGone)).rejects.toThrow(new Error(message));
});

test("what failed on a host that answers is no question of its being there", async () => {
  const failure = new Error("disk full");
  await expect(removal(async () => true, failure)).rejects.toBe(failure);
});
