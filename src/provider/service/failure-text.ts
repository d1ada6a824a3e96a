import type { Failure } from "../systems/apply.ts";
import type { Properties } from "../../plugin/types.ts";
import type { Shape, Target } from "../aspects/shape.ts";
import { diffService } from "./diff.ts";

/**
 * A failure for whoever reads it at night: the host, the service and the step; what is running now; what the step and
 * the journal said; what to do next.
 */
export function describeFailure(
  { host, service }: Target,
  { reason, log, journal, stays }: Failure,
  before: Shape,
  found: Shape,
): string {
  const block = (title: string, text: string) =>
    text === "" ? [] : [`  ${title}:`, ...text.split("\n").map((line) => `    ${line}`)];
  return [
    `${host}/${service}: ${reason}.${stays ? "" : ` ${isBack(before, found)}${runningNow(before, found)}.`}`,
    ...block("output", log),
    ...block("journal", journal),
    `  what to do: ${remedyFor(reason)}`,
  ].join("\n");
}

/** Only what was seen afterwards. */
function isBack(before: Shape, found: Shape): string {
  const { detailed } = diffService(comparable(found, before), comparable(before, before));
  const differs = Object.keys(detailed).filter((path) => !path.startsWith("packages") && !path.endsWith(".active"));
  return differs.length === 0
    ? "The service's files and units were put back"
    : `Not all of it could be put back: ${differs.slice(0, 5).join(", ")}${differs.length > 5 ? " and more" : ""}`;
}

/** Without what is not taken back, and units that a package has brought and that do nothing. */
const comparable = (shape: Shape, before: Shape): Properties => {
  const isIdle = (name: string, unit: Shape["units"][string]) =>
    !(name in before.units) && unit.text === undefined && unit.enabled !== true && unit.active !== true;
  const units = Object.fromEntries(Object.entries(shape.units).filter(([name, unit]) => !isIdle(name, unit)));
  return { ...shape, units, checks: [], records: {} } as unknown as Properties;
};

function runningNow(before: Shape, found: Shape): string {
  const ran = Object.keys(before.units).filter((unit) => before.units[unit]!.active === true);
  const down = ran.filter((unit) => found.units[unit]?.active !== true);
  if (down.length > 0)
    return `, but this did not start again: ${down.join(", ")}. On the host, "journalctl -u ${down[0]}" says why`;
  return ran.length > 0 ? `; as before, this is active: ${ran.join(", ")}` : "";
}

const remedyFor = (reason: string): string =>
  REMEDIES.find(([pattern]) => pattern.test(reason))?.[1] ?? "put right what the output names, then run up again";

const REMEDIES: [RegExp, string][] = [
  [
    /^packages could not/,
    "check the names for this host's release, and that it reaches its package mirror, then run up again",
  ],
  [
    /^could not be fetched/,
    "check the URL, that this host reaches it, and that the SHA-256 is that of what it serves, then run up again",
  ],
  [
    /^refused by the evaluation of NixOS/,
    "correct the option, package or value that the output names in the service or the host file, " +
      "then run up again; nothing was changed on the host",
  ],
  [
    /^nixos-rebuild switch failed/,
    "put right what the output names (a package that cannot be fetched or built, a full disk), then run up again",
  ],
  [
    /^health check failed/,
    "put right what the output and the journal name; if it only starts slowly, give the check a longer `within`; " +
      "then run up again",
  ],
  [
    /^no new connection/,
    "correct the change so that the connection declared for this host still gets in, then run up again",
  ],
  [/active|crashing|unit failed/, "put right what the journal names, then run up again"],
];
