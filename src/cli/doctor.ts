import { gatherFacts, type Facts } from "./doctor-facts.ts";
import { describeTool, type Tool } from "../setup/tool.ts";

/**
 * `ready`: it is there. `automatic`: not yet, but the first command that needs it brings it. `missing`: a person has to
 * act.
 */
export type State = "ready" | "automatic" | "missing";

export interface Check {
  name: string;
  state: State;
  /** What was found, or what will be done. */
  detail: string;
  /** What the user can't do without it; empty when it is ready. */
  cost: string;
  /** What to do about it; empty unless something is missing. */
  remedy: string;
  /** Whether the main job, `npm run demo`, needs it. */
  needed: boolean;
}

const BUILD_GIGABYTES = 8;

/** Judges the facts, one check a line. */
export function diagnose(facts: Facts): Check[] {
  return [
    check("Node.js", facts.node),
    toolCheck("Pulumi CLI", facts.pulumi, facts),
    toolCheck("Hetzner plugin", facts.hcloud, facts),
    goCheck(facts),
    diskCheck(facts),
    facts.ssh ? check("OpenSSH client", facts.ssh) : sshCheck(facts),
    ...labChecks(facts),
  ];
}

const check = (name: string, detail: string): Check => ({
  name,
  state: "ready",
  detail,
  cost: "",
  remedy: "",
  needed: true,
});

function toolCheck(name: string, found: Tool | undefined, { go, goFetchable }: Facts): Check {
  if (found) return check(name, describeTool(found));
  const [otherwise, cost] =
    go || goFetchable
      ? [
          "where that fails, built from Go modules",
          "a minute at the first command, some minutes where it has to be built",
        ]
      : [
          "where that fails, there is no Go to build it with",
          "a minute at the first command, and a network that lets it be downloaded",
        ];
  return { ...check(name, `will be downloaded; ${otherwise}`), state: "automatic", cost };
}

function goCheck({ pulumi, hcloud, go, goFetchable }: Facts): Check {
  if (go) return { ...check("Go", go), needed: false };
  if (pulumi && hcloud) return { ...check("Go", "none; nothing is left to build"), needed: false };
  if (goFetchable)
    return {
      ...check("Go", "will be fetched if something has to be built"),
      state: "automatic",
      cost: "70 MB at the first build",
      needed: false,
    };
  return {
    ...check("Go", "none on PATH"),
    state: "missing",
    cost: "what can't be downloaded can't be built either",
    remedy: "install Go from https://go.dev/dl, or Python 3 with its venv module",
    needed: false,
  };
}

function diskCheck({ pulumi, hcloud, image, freeGigabytes }: Facts): Check {
  const free = `${freeGigabytes.toFixed(0)} GB free`;
  if ((pulumi && hcloud && image) || freeGigabytes >= BUILD_GIGABYTES) return check("Disk", free);
  return {
    ...check("Disk", free),
    state: "missing",
    cost: "building the tools and the machine image may run out of space",
    remedy: `free ${BUILD_GIGABYTES} GB`,
    needed: false,
  };
}

const sshCheck = ({ labBlocker }: Facts): Check =>
  labBlocker
    ? {
        ...check("OpenSSH client", "no ssh on PATH"),
        state: "missing",
        cost: "no host can be reached: no `up`, no `drift`",
        remedy: "install the OpenSSH client",
      }
    : {
        ...check("OpenSSH client", "will be installed with the lab's packages"),
        state: "automatic",
        cost: "no host can be reached until then",
      };

function labChecks({ labBlocker, missingPackages, image }: Facts): Check[] {
  if (labBlocker) {
    return [
      {
        ...check("Lab", labBlocker),
        state: "missing",
        cost:
          "no local machines: no demo, no `--lab`, no tests in test/lab; " +
          "real fleets, previews and validation still work",
        remedy: "run it as root on Debian or Ubuntu, for example in a virtual machine",
      },
    ];
  }
  const packages = missingPackages.join(", ");
  return [
    check("Lab", "Debian or Ubuntu, and root"),
    packages
      ? {
          ...check("Debian packages", `will be installed: ${packages}`),
          state: "automatic",
          cost: "a minute at the first lab command",
        }
      : check("Debian packages", "all installed"),
    image
      ? check("Machine image", "built")
      : {
          ...check("Machine image", "will be built"),
          state: "automatic",
          cost: "two minutes at the first lab command",
        },
  ];
}

export const mainJobCanRun = (checks: Check[]): boolean =>
  checks.every(({ needed, state }) => !needed || state !== "missing");

const MARKS: Record<State, string> = { ready: "✓", automatic: "+", missing: "✗" };

/** The checks as a table, what each missing thing costs below it, and the verdict. */
export function showChecks(checks: Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = " ".repeat(width + 4);
  const lines = checks.flatMap(({ name, state, detail, cost, remedy }) => [
    `${MARKS[state]} ${name.padEnd(width)}  ${detail}`,
    ...(cost ? [`${indent}costs: ${cost}`] : []),
    ...(remedy ? [`${indent}remedy: ${remedy}`] : []),
  ]);
  const verdict = mainJobCanRun(checks)
    ? "The main job (npm run demo) can run."
    : "The main job (npm run demo) can't run.";
  return [...lines, "", "✓ there   + brought when first needed   ✗ missing", verdict].join("\n");
}

/**
 * Prints what is there, what is missing and what that costs, on standard output.
 * @returns the exit code: 0 when the main job can run, else 1.
 */
export async function doctor({ json = false }: { json?: boolean }): Promise<number> {
  const checks = diagnose(await gatherFacts());
  const canRun = mainJobCanRun(checks);
  console.log(json ? JSON.stringify({ mainJob: canRun, checks }, undefined, 2) : showChecks(checks));
  return canRun ? 0 : 1;
}
