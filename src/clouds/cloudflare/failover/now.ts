import type { FailedOver } from "../../../model/failover.ts";
import type { Fleet } from "../../../model/fleet.ts";
import { hostnamesOfTunnel } from "../../../model/tunnel.ts";
import type { Known } from "../../kind.ts";
import type { CloudflareClient } from "../client.ts";
import { record } from "../record/index.ts";
import { recordsOf } from "./sight.ts";

/** The names of a fleet that are failed over now; asks nobody where none can be. @throws Error when Cloudflare does not answer */
export async function failedOverNow(client: CloudflareClient, fleet: Fleet, known: Known): Promise<FailedOver> {
  if (!fleet.edge.tunnels.some(({ standby }) => standby)) return {};
  const records = await recordsOf(client, fleet.edge.tunnels.flatMap(hostnamesOfTunnel));
  return Object.fromEntries(
    [...records.values()].flatMap((each) => {
      const moved = record.failedOver!(each, fleet, known);
      return moved ? [moved] : [];
    }),
  );
}
