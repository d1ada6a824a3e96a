import { expect, test } from "vitest";
import { benchFleet, HOSTS, unitNames, unitText } from "../../src/bench/fleet.ts";
import { countScripts } from "../../src/bench/wire.ts";
import { contextOf } from "../../src/model/host.ts";
import { checkFleet } from "../../src/rules/check.ts";
import { frame } from "../../src/transport/runner.ts";

test.each([1, 20, 60])(
  "the benchmark's fleet of %i services a host is in order and declares what its peers write",
  (services) => {
    const { fleet } = benchFleet(services);
    expect(checkFleet(fleet)).toEqual([]);
    expect(fleet.hosts).toHaveLength(HOSTS);
    const units = fleet.hosts[0]!.services.map((service) => service.render(contextOf(fleet.hosts[0]!)).units);
    expect(units).toEqual(
      unitNames(services).map((unit) => ({
        [unit]: expect.objectContaining({ text: unitText(unit), enabled: true, active: true }),
      })),
    );
  },
);

test.each([
  ["nothing", [], 0],
  ["one script", ["true"], 1],
  ["scripts with lines of their own", ["echo a\n# end of it", "b"], 2],
])("round trips of %s are counted", (_, scripts, expected) => {
  expect(countScripts(scripts.map((script, i) => frame(i + 1, script, 10).toString()).join(""))).toBe(expected);
});
