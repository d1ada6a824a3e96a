import { expect, test } from "vitest";
import type { Facts } from "../../src/cli/doctor-facts.ts";
import { diagnose, mainJobCanRun, showChecks } from "../../src/cli/doctor.ts";
import type { Tool } from "../../src/setup/tool.ts";

const tool: Tool = {
  label: "",
  version: "1.2.3",
  origin: "built from Go modules",
  cached: true,
  reason: "none is on PATH",
};
const complete: Facts = {
  node: "24.1.0",
  pulumi: tool,
  hcloud: tool,
  go: "1.26.8 (/usr/bin/go)",
  goFetchable: true,
  ssh: "/usr/bin/ssh",
  missingPackages: [],
  image: true,
  freeGigabytes: 100,
};
const noGo = { go: undefined, goFetchable: false };

test("with everything there nothing costs anything and the main job can run", () => {
  const checks = diagnose(complete);
  expect(checks.filter(({ state, cost, remedy }) => state !== "ready" || cost || remedy)).toEqual([]);
  expect(mainJobCanRun(checks)).toBe(true);
});

test.each<[string, Partial<Facts>, string, string, RegExp, boolean]>([
  [
    "a CLI, which can be built",
    { pulumi: undefined },
    "Pulumi CLI",
    "automatic",
    /some minutes where it has to be built/,
    true,
  ],
  [
    "a CLI, which can be built with a Go that is fetched",
    { pulumi: undefined, go: undefined },
    "Go",
    "automatic",
    /70 MB/,
    true,
  ],
  [
    "a CLI, which can't be built",
    { pulumi: undefined, ...noGo },
    "Pulumi CLI",
    "automatic",
    /a network that lets it be downloaded/,
    true,
  ],
  [
    "a plugin, which can't be built",
    { hcloud: undefined, ...noGo },
    "Hetzner plugin",
    "automatic",
    /a network that lets it be downloaded/,
    true,
  ],
  ["a Go to build them with", { pulumi: undefined, ...noGo }, "Go", "missing", /can't be built/, true],
  [
    "no root",
    { labBlocker: "the lab needs root" },
    "Lab",
    "missing",
    /no demo.*previews and validation still work/,
    false,
  ],
  ["Debian packages", { missingPackages: ["debootstrap"] }, "Debian packages", "automatic", /first lab command/, true],
  ["the machine image", { image: false }, "Machine image", "automatic", /first lab command/, true],
  ["disk space for building", { image: false, freeGigabytes: 2 }, "Disk", "missing", /run out of space/, true],
  ["ssh, which the lab's packages bring", { ssh: undefined }, "OpenSSH client", "automatic", /until then/, true],
  [
    "ssh where there is no lab",
    { ssh: undefined, labBlocker: "this is darwin" },
    "OpenSSH client",
    "missing",
    /no host can be reached/,
    false,
  ],
])("without %s", (_, lacking, name, state, cost, canRun) => {
  const checks = diagnose({ ...complete, ...lacking });
  const found = checks.find((check) => check.name === name)!;
  expect(found.state).toBe(state);
  expect(found.cost).toMatch(cost);
  expect(found.remedy !== "").toBe(state === "missing");
  expect(mainJobCanRun(checks)).toBe(canRun);
});

test("the table has a line for each, costs and remedies below it, and the verdict last", () => {
  const text = showChecks(diagnose({ ...complete, labBlocker: "the lab needs root" }));
  expect(text).toContain("✓ Pulumi CLI      1.2.3: cached (built from Go modules), because none is on PATH\n");
  expect(text).toMatch(
    /✗ Lab             the lab needs root\n {18}costs: no local machines.*\n {18}remedy: run it as root/,
  );
  expect(text.split("\n").at(-1)).toBe("The main job (npm run demo) can't run.");
});
