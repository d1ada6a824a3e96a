import { changesOf, type Changes } from "../engine/changes.ts";
import { nameOf } from "../engine/events.ts";
import { CliError } from "../terminal/output.ts";
import { type CloudLook, viewOf, withCloudView } from "./cloud-view.ts";
import type { Round } from "./rounds.ts";
import { runStack } from "./run-stack.ts";
import type { OpenStack } from "./stack.ts";

/**
 * What this `up` has taken over may be changed by it, and is never replaced or deleted: a file that is written down
 * wrongly must not cost the thing that it was to describe.
 * @throws CliError naming what would go, while it is as it was found
 */
export async function expectKept(
  stack: OpenStack,
  look: CloudLook,
  round: Pick<Round, "hosts">,
  done: Changes,
  { refresh, firstBoot }: { refresh: boolean; firstBoot: string[] },
): Promise<void> {
  const taken = new Set(done.resources.filter(({ op }) => op === "import").map(({ urn }) => urn));
  const plan = await withCloudView(
    stack,
    viewOf(look, refresh, { adopt: [], asFound: false, hosts: round.hosts, firstBoot }),
    (viewed) => runStack("preview", viewed, "looking whether what was taken over can stay", {}),
  );
  const lost = changesOf(stack.name, plan.events).resources.filter(
    ({ urn, op }) => taken.has(urn) && (op === "replace" || op === "delete"),
  );
  if (lost.length === 0) return;
  throw new CliError(
    [
      ...lost.map(
        ({ urn, paths }) =>
          `${nameOf(urn)} exists and was taken over as it is; the files would have it made anew for ${paths.join(", ")}`,
      ),
      "it was left as it is: write the files so that they say what is there, or give the new one another name",
    ].join("\n"),
  );
}
