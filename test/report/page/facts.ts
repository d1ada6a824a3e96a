import type { DriftRow } from "../../../src/engine/drift.ts";
import type { StateResource } from "../../../src/engine/state.ts";
import type { Fleet } from "../../../src/model/fleet.ts";
import { driftReport } from "../../../src/report/drift.ts";
import type { PageFacts } from "../../../src/report/page/facts.ts";
import { everything } from "../../graph/fleet.ts";

const SERVICE = "fleet:host:Service";
export const urn = (name: string, type = SERVICE): string => `urn:pulumi:test::fleet::${type}::${name}`;
export const row = (name: string, status: DriftRow["status"], rest: Partial<DriftRow> = {}): DriftRow => ({
  urn: urn(name),
  host: name.split("/")[0]!,
  name,
  status,
  changes: [],
  ...rest,
});

/** What `up` has left of the fleet with one of everything: its services, one of its names, and a server. */
export const rows: DriftRow[] = [
  row("web/cert", "same"),
  row("web/nginx", "same"),
  row("web/wireguard", "same"),
  row("hub/wireguard", "same"),
  row("shelf/copy", "same"),
  row("x.org A web", "same", { urn: urn("x.org A web", "cloudflare:index/dnsRecord:DnsRecord"), host: null }),
  row("web", "same", { urn: urn("web", "hcloud:index/server:Server") }),
];

/** The facts of a look that found these rows; what is not among them is in the state all the same. */
export function factsOf(
  found: readonly DriftRow[] = rows,
  changes: Partial<PageFacts> & { rules?: Parameters<typeof driftReport>[1]["rules"] } = {},
): PageFacts {
  const { rules, ...rest } = changes;
  const drift = driftReport(
    { stack: "test", summary: { same: 0, drifted: 0, unknown: 0 }, resources: [...found] },
    { today: "2026-11-21", rules },
  );
  const state = rows.map(({ urn, name }): StateResource => ({ urn, type: SERVICE, id: name }));
  const fleet: Fleet = everything();
  return {
    fleet,
    files: Object.fromEntries(fleet.hosts.map(({ name }) => [name, `hosts/test/${name}.ts`])),
    lab: true,
    at: new Date("2026-11-21T10:00:00Z"),
    drift,
    state,
    updates: [],
    offline: false,
    problems: [],
    ...rest,
  };
}
