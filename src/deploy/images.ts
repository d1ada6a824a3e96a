import { pulumi } from "../engine/run.ts";
import type { StateResource } from "../engine/state.ts";
import { findAmi } from "../clouds/aws/client.ts";
import { isActive } from "../model/status.ts";
import type { OpenStack } from "./stack.ts";

interface Images {
  /** By region. */
  images: Record<string, string>;
  /** By host. */
  failures: Record<string, string>;
}

/**
 * A machine image for each region that has none in its host files or in the stack's configuration: that of the machine
 * which is there, else the newest. What is not found fails its hosts alone.
 */
export async function findImages(
  { fleet }: OpenStack,
  pins: Record<string, string>,
  state: readonly StateResource[],
  env: NodeJS.ProcessEnv,
): Promise<Images> {
  const hosts = fleet.hosts
    .filter((h) => h.kind === "aws")
    .filter((h) => isActive(h) && h.ami === undefined && !(h.region in pins));
  const inUse = imagesInState(state);
  const found: Images = { images: {}, failures: {} };
  await Promise.all(
    [...Map.groupBy(hosts, (h) => h.region)].map(async ([region, there]) => {
      const known = there.map(({ name }) => inUse[name]).find((image) => image !== undefined);
      try {
        found.images[region] = known ?? (await findAmi(region, env)).id;
      } catch (error) {
        for (const { name } of there) found.failures[name] = (error as Error).message;
      }
    }),
  );
  return found;
}

/** By host. */
const imagesInState = (state: readonly StateResource[]): Record<string, string> =>
  Object.fromEntries(
    state.flatMap(({ type, inputs }) =>
      type === "aws:ec2/instance:Instance" && inputs
        ? [[String((inputs.tags as Record<string, string> | undefined)?.host), String(inputs.ami)]]
        : [],
    ),
  );

/**
 * Writes the images that were found into the stack's configuration, so that a newer one never replaces a machine by
 * itself.
 */
export async function pinImages(stack: OpenStack, images: Record<string, string> = {}): Promise<void> {
  const pins = Object.entries(images).flatMap(([region, ami]) => [
    "--plaintext",
    `aws-images:pinned["${region}"]=${ami}`,
  ]);
  if (pins.length > 0) await pulumi(["config", "set-all", "--stack", stack.name, "--path", ...pins], stack.target);
}
