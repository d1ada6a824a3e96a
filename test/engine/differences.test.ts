import { expect, test } from "vitest";
import { differences, differencesAt } from "../../src/engine/differences.ts";

test.each([
  ["nothing", { a: { b: [1] } }, { a: { b: [1] } }, []],
  ["null and missing as one", { a: null }, {}, []],
  ["a leaf", { a: { b: 1 } }, { a: { b: 2 } }, [{ path: "a.b", declared: 1, found: 2 }]],
  [
    "a key that needs quotes",
    { files: { "/etc/x": 1 } },
    { files: { "/etc/x": 2 } },
    [{ path: 'files["/etc/x"]', declared: 1, found: 2 }],
  ],
  ["an element", { a: [1, 2] }, { a: [1, 3] }, [{ path: "a[1]", declared: 2, found: 3 }]],
  ["lists of other lengths as a whole", { a: [1] }, { a: [1, 2] }, [{ path: "a", declared: [1], found: [1, 2] }]],
  ["what is missing", { a: { b: 1 } }, {}, [{ path: "a", declared: { b: 1 }, found: "absent" }]],
  ["what nobody declared", {}, { a: false }, [{ path: "a", declared: "absent", found: false }]],
])("differences: %s", (_what, declared, found, expected) => {
  expect(differences(declared, found)).toEqual(expected);
  expect(
    differencesAt(
      expected.map((d) => d.path),
      declared,
      found,
    ),
  ).toEqual(expected);
});
