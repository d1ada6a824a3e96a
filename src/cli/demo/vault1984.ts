import type { Changes } from "../../engine/changes.ts";
import { countChanges } from "../../engine/changes.ts";
import type { LabStatus } from "../../lab/types.ts";
import { driftText } from "../../report/drift-text.ts";
import type { DriftReport } from "../../report/drift.ts";
import { CliError, say, sayStyle } from "../../terminal/output.ts";
import { FleetCopy } from "./copy.ts";
import { expectDrift } from "./expect.ts";
import type { Steps } from "./steps.ts";
import type { Story } from "./story.ts";

const STACK = "vault1984";
const FILE = `stacks/${STACK}/fleet.ts`;
const TOKYO = `hosts/${STACK}/tokyo.ts`;
/** What its owner edits in the fleet's file. */
export const GO = /\bgo: (false|\{[^}]*\})/;
export const CEILING = /\bbudget: \{ usd: \d+/;
/** The vault of one region, stopped by hand. */
export const DAMAGE = { resource: "seoul/vault1984", path: 'units["vault1984.service"].active' };

const copy = new FleetCopy(STACK);

/** A pilot, its owner's go, a region opened and closed again, and drift in one of twenty-one machines. */
export const vault1984: Story = {
  prepare: () => copy.remove(),
  takeDown: () => copy.remove(),
  play,
  next: (kept) => [
    ...(kept
      ? [
          `cd ${copy.folder}    where the lab is: npx fleet ssh ${STACK} seoul --lab, npx fleet lab down ${STACK} --forget`,
        ]
      : [`npm run demo -- ${STACK} --keep    the same, and the lab stays up to play with`]),
    `npx fleet show ${STACK}               hosts, services, cost, open settings`,
    "docs/open-a-region.md                 the same by hand",
  ],
};

async function play(steps: Steps): Promise<void> {
  const { signal } = steps;
  const fleet = (args: readonly string[], exits = 0) => copy.fleet([...args], { exits, signal });
  const up = (exits = 0, ...options: string[]) => fleet(["up", STACK, "--lab", "--json", ...options], exits);
  const onHost = (host: string, command: string) => fleet(["ssh", STACK, host, "--lab", "--", command]);
  const machines = async () => {
    const { hosts } = JSON.parse((await fleet(["lab", "status", STACK, "--json"])).stdout) as LabStatus;
    return hosts.filter(({ running }) => running).map(({ name }) => name);
  };

  await steps.run("boot the lab: local clouds, and the hub that exists already", async () => {
    await copy.make();
    await copy.edit(FILE, GO, "go: false");
    await fleet(["lab", "up", STACK]);
  });
  const go = await steps.run("up without a go: the pilot and nothing else", async () => {
    const { stderr } = await up();
    const there = await machines();
    if (there.length !== 4)
      throw new CliError(`the hub and three regions should be there, and there is ${there.join(", ")}`);
    return expectIn(stderr, /go: \{[^}]*\}/);
  });
  await steps.run("the go alone: twenty regions cost more than the ceiling", async () => {
    await copy.edit(FILE, GO, go);
    return expectIn((await up(1)).stderr, /the fleet costs .*/);
  });
  await steps.run("the ceiling raised, but the pilot not in order: the go is refused", async () => {
    await copy.edit(FILE, CEILING, "budget: { usd: 165");
    await onHost("frankfurt", "systemctl stop vault1984.service");
    return expectIn((await up(1)).stderr, /frankfurt\/vault1984 was not as declared/);
  });
  await steps.run("the pilot in order: four batches follow", async () => {
    await up();
    return `${(await machines()).length} machines`;
  });
  await steps.run("check every service from outside", async () => {
    const { stdout } = await fleet(["check", STACK, "--lab", "--json"]);
    return `${(JSON.parse(stdout) as { summary: { passed: number } }).summary.passed} checks passed`;
  });
  await steps.run("open a region by one file", async () => {
    await copy.edit(FILE, CEILING, "budget: { usd: 175");
    await fleet(["new", "host", STACK, "tokyo", "--kind", "aws", "--region", "ap-northeast-1"]);
    say((await fleet(["preview", STACK, "--lab", "--no-refresh"])).stdout.replace(/^    .*\n/gm, ""));
    return whatChanged(await up(0, "--no-refresh"));
  });
  await steps.run("close it again", async () => {
    await copy.delete(TOKYO);
    const brake = expectIn((await up(1, "--no-refresh")).stderr, /--allow-deletes \d+/);
    return `${whatChanged(await up(0, "--no-refresh", ...brake.split(" ")))}, with ${brake}`;
  });
  await steps.run("stop the vault of one region by hand: drift", async () => {
    await onHost("seoul", "systemctl stop vault1984.service");
    expectDrift(await drift(2), [DAMAGE]);
    return "named, among twenty-one machines";
  });
  await steps.run("heal it, and look again", async () => {
    await fleet(["drift", STACK, "--lab", "--fix"]);
    expectDrift(await drift(0), []);
    return "no drift";
  });

  async function drift(exits: number): Promise<DriftReport> {
    const report = JSON.parse(
      (await fleet(["drift", STACK, "--lab", "--format", "json"], exits)).stdout,
    ) as DriftReport;
    say(driftText(report, sayStyle));
    return report;
  }
}

const whatChanged = ({ stdout }: { stdout: string }): string => {
  const changes = JSON.parse(stdout) as Changes;
  return `${countChanges(changes)} changes, ${changes.summary.same} unchanged`;
};

/** What a command had to say. @throws CliError when it did not */
function expectIn(text: string, words: RegExp): string {
  const found = words.exec(text)?.[0];
  if (found === undefined) throw new CliError(`it should have said ${String(words)}`);
  return found;
}
