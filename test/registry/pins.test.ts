import { expect, test } from "vitest";
import { resolvePins } from "../../src/registry/pins.ts";

const [a, b] = ["a", "b"].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string];
const told = (digests: Record<string, string>) => (image: string) =>
  digests[image] ? Promise.resolve(digests[image]) : Promise.reject(new Error(`${image}: the registry is down`));
const [api, web] = ["ghcr.io/o/api:1", "ghcr.io/o/web:1"];
const turn = async (
  declared: string[],
  pins: Record<string, string>,
  digests: Record<string, string>,
  only: string[] = [],
) => {
  const { resolved, pins: next } = await resolvePins(declared, pins, only, told(digests));
  return { is: resolved.map(({ image, is }) => `${is} ${image}`), next };
};

test.each<[string, Parameters<typeof turn>, Awaited<ReturnType<typeof turn>>]>([
  ["nothing is declared", [[], {}, {}], { is: [], next: {} }],
  ["nothing has moved", [[api], { [api]: a }, { [api]: a }], { is: [`same ${api}`], next: { [api]: a } }],
  ["a new image, twice", [[api, api], {}, { [api]: a }], { is: [`new ${api}`], next: { [api]: a } }],
  ["a tag has moved", [[api], { [api]: a }, { [api]: b }], { is: [`moved ${api}`], next: { [api]: b } }],
  [
    "a registry is down: its pin stays, and others are told",
    [[web, api], { [api]: a }, { [web]: b }],
    { is: [`unknown ${api}`, `new ${web}`], next: { [api]: a, [web]: b } },
  ],
  [
    "one alone is asked for: the others stay",
    [[api, web], { [api]: a, [web]: a }, { [api]: b, [web]: b }, [web]],
    { is: [`moved ${web}`], next: { [api]: a, [web]: b } },
  ],
  ["an image that nobody declares any more", [[], { [api]: a }, {}], { is: [], next: {} }],
  ["an image with its digest written out", [[`ghcr.io/o/api@${a}`], {}, {}], { is: [], next: {} }],
])("%s", async (_, given, expected) => expect(await turn(...given)).toEqual(expected));

test("an image that no host runs is refused", () =>
  expect(turn([api], {}, {}, ["ghcr.io/o/x:1"])).rejects.toThrow(
    `no host runs ghcr.io/o/x:1 by a tag; these are: ${api}`,
  ));
