import { nameOf, typeOf } from "../engine/events.ts";
import { observable } from "../engine/drift.ts";
import { takeOut } from "../engine/read-state.ts";
import { withItsOwn } from "../engine/release.ts";
import { hostsByUrn, isMachine, type StateResource } from "../engine/state.ts";
import { resourceWord } from "../report/words.ts";
import { settle } from "./last-up.ts";
import type { DeployedStack } from "./deployed-stack.ts";

/** A thing, or several that are released together, as previews and drift call them. */
export interface Releasable {
  /** "bucket alaivos-models". */
  title: string;
  /** It and all that belongs to it alone. */
  urns: ReadonlySet<string>;
  /** Of those, what stands for something that is there, told by its title. */
  things: string[];
  /** The host that it belongs to. */
  host?: string;
}

/** Groups that are no thing of their own. */
const GROUPS = new Set(["pulumi:pulumi:Stack", "fleet:index:Fleet", "fleet:cloudflare:Edge"]);

/**
 * What a stack holds under a name: as previews and drift tell it, alone or after what it is. Where one of several is
 * around the others, such as a host around its server, it is meant.
 */
export function releasables(name: string, state: readonly StateResource[]): Releasable[] {
  const known = state.filter(({ urn, type }) => !GROUPS.has(type) && !typeOf(urn).startsWith("pulumi:providers:"));
  const exact = known.filter(({ urn }) => [urn, nameOf(urn), titleOf(urn)].includes(name));
  // A preview tells a host's services below the host, without its name.
  const found = exact.length > 0 ? exact : known.filter(({ urn }) => nameOf(urn).endsWith(`/${name}`));
  const hosts = hostsByUrn(state);
  const all = found.map(({ urn }) => ({ urn, urns: withItsOwn([urn], state) }));
  const around = all.filter(({ urn }) => !all.some((other) => other.urn !== urn && other.urns.has(urn)));
  return around.map(({ urn, urns }) => ({
    title: titleOf(urn),
    urns,
    things: state.filter((r) => urns.has(r.urn) && observable(r.urn, r)).map((r) => titleOf(r.urn)),
    ...(hosts.has(urn) && { host: hosts.get(urn)! }),
  }));
}

const titleOf = (urn: string): string => `${isMachine(urn) ? "host" : resourceWord(typeOf(urn))} ${nameOf(urn)}`;

/** Takes it out of the state, and out of what the last `up` is said not to have reached. Connects to nobody. */
export async function release({ target }: DeployedStack, { urns }: Releasable): Promise<void> {
  await takeOut(target, urns);
  await settle(target, urns);
}
