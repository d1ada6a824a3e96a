import type { Mesh } from "../model/mesh.ts";
import { isActive } from "../model/status.ts";
import type { FleetView } from "../model/view.ts";
import { type Line, type Sections, withSections } from "./document.ts";
import { flowsOf, offersOf } from "./flows.ts";
import { tagsOf } from "./tags.ts";

type Tailnet = Extract<Mesh, { type: "tailscale" }>;

/**
 * The policy file of a fleet's tailnet: the owner's document, and after it what follows from the fleet. Each of the
 * fleet's lines says why it is there.
 * @param as another policy than the declared one, to show what it would be
 * @throws Error when the owner's document is no HuJSON
 */
export function policyFile(view: Pick<FleetView, "fleet" | "placed">, mesh: Tailnet, as = mesh.policy): string {
  const tags = [...new Set(view.fleet.hosts.filter(isActive).flatMap(tagsOf))].sort();
  const derived = as === "derived" ? derivedSections(view, mesh) : openSections;
  return withSections(mesh.document, {
    tagOwners: tags.map((tag) => ({ key: tag, value: mesh.admins })),
    ...derived,
    ...(mesh.ssh && { ssh: [sshRule(view, mesh, tags)] }),
  });
}

const openSections: Sections = {
  grants: [{ why: "policy: open. Everyone reaches everything", value: { src: ["*"], dst: ["*"], ip: ["*"] } }],
};

function derivedSections(view: Pick<FleetView, "fleet" | "placed">, { admins }: Tailnet): Sections {
  const flows = flowsOf(view);
  const offers = offersOf(view);
  const byEnds = Map.groupBy(flows, ({ from, to }) => `${from} ${to}`);
  return {
    grants: [
      ...[...byEnds.values()].map((same): Line => ({
        why: unique(same.map((flow) => flow.because)).join(", "),
        value: { src: [same[0]!.from], dst: [same[0]!.to], ip: unique(same.map((flow) => flow.ip)) },
      })),
      ...[...offers].map(([tag, ip]): Line => ({
        why: `people who look after ${tag}`,
        value: { src: admins, dst: [tag], ip },
      })),
    ],
    tests: [...offers.keys()].map((from): Line => ({ value: testOf(from) })),
  };

  /** All that any host offers, seen from hosts of one tag. */
  function testOf(from: string) {
    const all = [...offers].flatMap(([to, ips]) => ips.map((ip) => ({ to, ip })));
    const passes = ({ to, ip }: { to: string; ip: string }) =>
      flows.some((flow) => flow.from === from && flow.to === to && flow.ip === ip);
    // A test knows one protocol, and whatever is not TCP is rare enough to be left to the grants.
    const tcp = all.filter(({ ip }) => ip.startsWith("tcp:"));
    const named = (list: typeof all) => list.map(({ to, ip }) => `${to}:${ip.slice(4).split("-")[0]}`);
    return {
      src: from,
      proto: "tcp",
      accept: named(tcp.filter(passes)),
      deny: named(tcp.filter((offer) => !passes(offer))),
    };
  }
}

/** People log in as whom the fleet itself logs in as. */
const sshRule = ({ fleet }: Pick<FleetView, "fleet">, { admins }: Tailnet, tags: string[]): Line => ({
  why: "Tailscale's own SSH",
  value: {
    action: "accept",
    src: admins,
    dst: tags,
    users: unique(fleet.hosts.filter(isActive).map((host) => host.user)).sort(),
  },
});

const unique = (texts: string[]): string[] => [...new Set(texts)];
