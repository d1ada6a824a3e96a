import { expect, test } from "vitest";
import { closedProbes } from "../../src/probes/closed.ts";
import { ports, tcp, udp } from "../../src/model/port.ts";
import { sketch } from "../model/fixtures.ts";

test.each([
  ["nothing", [], []],
  ["public ports", [tcp(443), udp(3478)], []],
  ["a port of the loopback", [tcp(8100, "loopback")], [8100]],
  ["ports of the mesh and the private network", [tcp(22, "mesh"), tcp(5432, "private")], [22, 5432]],
  ["the same one twice", [tcp(22, "mesh"), tcp(22, "private")], [22]],
  ["both ends of a range", [tcp(ports(9000, 9100), "loopback")], [9000, 9100]],
  ["UDP, which cannot tell", [udp(53, "loopback")], []],
  ["one that is public on another address", [tcp(ports(4000, 5000)), tcp(4443, "mesh")], []],
])("%s", (_, declared, closed) =>
  expect(closedProbes([udp(51820), tcp(22)], [sketch("one", { ports: declared }), sketch("two")])).toEqual(
    closed.map((port) => ({ kind: "tcp", port, open: false, beside: 22 })),
  ),
);

test("of a host that answers nobody nothing can be told", () =>
  expect(closedProbes([udp(51820)], [sketch("one", { ports: [tcp(8100, "loopback")] })])).toEqual([]));
