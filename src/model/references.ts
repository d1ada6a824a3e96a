import { isActive } from "./status.ts";
import { deepRefs, refsOf, type Ref } from "./text.ts";
import type { FleetView, Placed } from "./view.ts";

/** A part of a fleet that names another. */
export interface Referrer {
  /** "ghost-01/nginx", "the A record www of example.com". */
  label: string;
  file: string;
  active: boolean;
}

/** Every reference inside rendered bundles, probes, DNS records and KV values. */
export function refsIn({ fleet, fileOf, placed }: FleetView): { from: Referrer; ref: Ref }[] {
  return [
    ...placed.flatMap((p) => deepRefs([p.bundle, p.probes]).map((ref) => ({ from: fromOf(p), ref }))),
    ...fleet.zones.flatMap((zone) =>
      zone.records.flatMap((record) =>
        deepRefs(record.target).map((ref) => ({
          from: {
            label: `the ${record.type} record ${record.name} of ${zone.name}`,
            file: fileOf.zone(zone.name),
            active: isActive(zone) && isActive(record),
          },
          ref,
        })),
      ),
    ),
    ...fleet.edge.kv.flatMap((kv) =>
      Object.values(kv.values)
        .flatMap(refsOf)
        .map((ref) => ({
          from: { label: `the KV namespace ${kv.name}`, file: fileOf.edge, active: isActive(kv) },
          ref,
        })),
    ),
  ];
}

/** A service as what refers to something. */
export const fromOf = (p: Placed): Referrer => ({
  label: p.label,
  file: p.file,
  active: p.active,
});
