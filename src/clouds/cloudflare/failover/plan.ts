import { markText, readMark, type FailoverMark } from "../../../model/failover.ts";
import { hostnamesOfTunnel } from "../../../model/tunnel.ts";
import type { Tunnel } from "../../../model/edge.ts";
import { targetOfTunnel } from "../tunnel/index.ts";
import type { Path } from "./paths.ts";
import type { SeenTunnel, Sight } from "./sight.ts";

/** A host name that is to lead elsewhere. */
export interface Move {
  name: string;
  /** Ids of its record and its zone. */
  id: string;
  zone: string;
  before: Lead;
  after: Lead;
}

/** Where a record leads. */
export interface Lead {
  content: string;
  comment: string;
  /** The tunnel's name, where it is one that is known. */
  tunnel?: string;
}

/** "the tunnel home" */
export const leadWords = ({ tunnel, content }: Omit<Lead, "comment">): string =>
  tunnel === undefined ? content : `the tunnel ${tunnel}`;

export interface Plan {
  moves: Move[];
  /** Names that lead there already, with the mark of the failover that is behind it. */
  done: { name: string; mark?: FailoverMark }[];
  /** Why a person should look first; `--force` goes on. */
  doubts: string[];
  /** Names that are left alone, and why. */
  left: string[];
}

/** Leads the names of tunnels to their standbys. @throws Error when a standby is not there yet */
export function planFailover(
  paths: readonly Path[],
  sight: Sight,
  memory: Pick<FailoverMark, "by" | "since" | "why">,
): Plan {
  return joined(
    paths.map(({ from, standby }) => {
      const target = targetOf(sight, standby);
      const own = sight.tunnels.get(from.name);
      const comment = markText({ ...memory, from: from.name, to: standby.name });
      return planned(from, sight, target, (lead, mark) => {
        if (mark?.to === standby.name && lead === targetOfTunnel(target.id)) return { done: mark };
        const isExpected = mark || (own && lead === targetOfTunnel(own.id)) || lead === targetOfTunnel(target.id);
        return { comment, ...(!isExpected && { doubt: "where neither the files nor a failover led it" }) };
      });
    }),
  );
}

/** Leads names that are failed over back to their tunnels. @throws Error when a tunnel is not there */
export function planFailback(tunnels: readonly Tunnel[], sight: Sight): Plan {
  return joined(
    tunnels.map((from) => {
      const target = targetOf(sight, from);
      return planned(from, sight, target, (lead, mark) => {
        if (mark) return { comment: "" };
        return lead === targetOfTunnel(target.id)
          ? { done: undefined }
          : { left: `is not failed over, and leads to ${lead}` };
      });
    }),
  );
}

type Verdict = { comment: string; doubt?: string } | { done: FailoverMark | undefined } | { left: string };

function planned(
  from: Tunnel,
  { tunnels, records }: Sight,
  target: SeenTunnel,
  judge: (lead: string, mark: FailoverMark | undefined) => Verdict,
): Plan {
  const plan: Plan = { moves: [], done: [], doubts: [], left: [] };
  const named = new Map([...tunnels.values()].map(({ id, name }) => [targetOfTunnel(id), name]));
  const after = targetOfTunnel(target.id);
  for (const name of hostnamesOfTunnel(from)) {
    const record = records.get(name);
    if (!record) {
      plan.doubts.push(`${name} has no CNAME at Cloudflare, so it stays as it is`);
      continue;
    }
    const { id, zone, content = "" } = record;
    const comment = record.comment ?? "";
    const mark = readMark(comment);
    const through = named.get(content);
    const before: Lead = { content, comment, ...(through !== undefined && { tunnel: through }) };
    const verdict = judge(content, mark);
    if ("done" in verdict) plan.done.push({ name, ...(verdict.done && { mark: verdict.done }) });
    else if ("left" in verdict) plan.left.push(`${name} ${verdict.left}`);
    else {
      plan.moves.push({
        name,
        id,
        zone,
        before,
        after: { content: after, comment: verdict.comment, tunnel: target.name },
      });
      if (verdict.doubt) plan.doubts.push(`${name} leads to ${leadWords(before)}, ${verdict.doubt}`);
    }
  }
  if (plan.moves.length > 0) plan.doubts.push(...doubtsAbout(target, plan.moves));
  return plan;
}

/** Why visitors might not be answered there. */
function doubtsAbout({ name, status, ingress }: SeenTunnel, moves: readonly Move[]): string[] {
  const isCovered = (hostname: string) =>
    ingress.some((each) => each === hostname || (each.startsWith("*.") && hostname.endsWith(each.slice(1))));
  const bare = moves.filter((move) => !isCovered(move.name)).map((move) => move.name);
  return [
    ...(isConnected(status)
      ? []
      : [`the tunnel ${name} is ${status ?? "unknown"} at Cloudflare: no connector answers`]),
    ...(bare.length > 0 ? [`the tunnel ${name} has no ingress for ${bare.join(", ")}`] : []),
  ];
}

/** Whether visitors come through. */
export const isConnected = (status: string | undefined): boolean => status === "healthy" || status === "degraded";

function targetOf({ tunnels }: Sight, { name }: Tunnel): SeenTunnel {
  const target = tunnels.get(name);
  if (!target) throw new Error(`the tunnel ${name} is not there yet: \`fleet up\` makes it`);
  return target;
}

const joined = (plans: readonly Plan[]): Plan => ({
  moves: plans.flatMap(({ moves }) => moves),
  done: plans.flatMap(({ done }) => done),
  doubts: plans.flatMap(({ doubts }) => doubts),
  left: plans.flatMap(({ left }) => left),
});
