import { expect, test } from "vitest";
import { addressIn, freeIndex, freeSubnet } from "../../src/lab/machines/subnet.ts";

test.each([
  ["the preferred one, when nothing is in its way", ["default", "192.168.0.0/16"], "10.7.7", "10.7.7"],
  ["one next to a neighbour's", ["10.7.6.0/24", "10.7.8.0/24"], "10.7.7", "10.7.7"],
  ["another, when the preferred one is taken", ["10.7.7.0/24"], "10.7.7", "10.0.5"],
  ["another, when one address of it is taken", ["10.7.7.9"], "10.7.7", "10.0.5"],
  ["another, when it lies in a larger network", ["10.7.0.0/16"], "10.7.7", "10.0.5"],
  ["the seed's own, when none is preferred", ["default"], undefined, "10.0.5"],
  ["the next after the seed's", ["10.0.5.0/24", "10.0.6.128/25"], undefined, "10.0.7"],
  [
    "one over the end of the range",
    [
      "10.0.0.0/9",
      "10.128.0.0/10",
      "10.192.0.0/11",
      "10.224.0.0/12",
      "10.240.0.0/13",
      "10.248.0.0/14",
      "10.252.0.0/15",
      "10.254.0.0/16",
    ],
    undefined,
    "10.255.0",
  ],
])("a lab gets %s", (_, routes, preferred, subnet) => {
  expect(freeSubnet(routes, 5, preferred)).toBe(subnet);
});

test("a machine without a free subnet says so", () => {
  expect(() => freeSubnet(["10.0.0.0/8"], 0)).toThrow(/ip route/);
});

test("machines get the lowest free number", () => {
  expect(freeIndex([])).toBe(2);
  expect(freeIndex([2, 3, 5])).toBe(4);
  expect(addressIn("10.1.2", 4)).toBe("10.1.2.4");
  expect(() => freeIndex(Array.from({ length: 251 }, (_, i) => i + 2))).toThrow(/room for 251/);
});
