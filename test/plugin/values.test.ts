import { expect, test } from "vitest";
import { Secret, UNKNOWN, type Properties } from "../../src/plugin/types.ts";
import { fromStruct, toStruct } from "./struct.ts";

const cases: [string, Properties][] = [
  ["nothing", {}],
  ["scalars", { a: "x", b: 1.5, c: true, d: false, e: 0, f: "" }],
  ["null is kept", { a: null, b: [null] }],
  ["empty containers", { a: [], b: {} }],
  ["nested", { files: { "/etc/a.conf": { content: "x\ny", tags: ["p", { q: 1 }] } } }],
  ["a secret", { a: new Secret("s") }],
  ["a secret of a map, inside a list", { a: [{ b: new Secret({ c: [1] }) }] }],
  ["unknown", { a: UNKNOWN, b: [UNKNOWN], c: new Secret(UNKNOWN) }],
  ["keys that objects have themselves", { constructor: "x", toString: "y" }],
  [
    "an asset stays as it is",
    { a: { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "x" } },
  ],
];

test.each(cases)("round trip: %s", (_, properties) => {
  expect(fromStruct(toStruct(properties))).toEqual(properties);
});

test("what is undefined is left out", () => {
  expect(fromStruct(toStruct({ a: undefined, b: { c: undefined } }))).toEqual({ b: {} });
});

test.each<[string, Properties, Properties]>([
  ["none", {}, {}],
  ["one order", { a: 1, b: { c: 2, d: 3 } }, { a: 1, b: { c: 2, d: 3 } }],
  [
    "other orders at every level",
    { b: { d: 3, c: 2 }, a: [{ y: 1, x: { q: 1, p: 2 } }] },
    { a: [{ x: { p: 2, q: 1 }, y: 1 }], b: { c: 2, d: 3 } },
  ],
])("keys come in one order, whatever the engine's: %s", (_, sent, sorted) => {
  expect(JSON.stringify(fromStruct(toStruct(sent)))).toBe(JSON.stringify(sorted));
});

test("the wire form is the engine's", () => {
  expect(toStruct({ secret: new Secret("s"), unknown: UNKNOWN }).toJavaScript()).toEqual({
    secret: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "s" },
    unknown: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  });
});

test("every kind of unknown is understood", () => {
  const kinds = [
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
  ];
  expect(fromStruct(toStruct({ kinds }))).toEqual({ kinds: kinds.map(() => UNKNOWN) });
});

test("a secret does not show in JSON", () => {
  expect(JSON.stringify({ a: new Secret("hidden") })).toBe('{"a":"[secret]"}');
});
