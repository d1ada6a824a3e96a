import { assumed } from "../../src/model/assumed.ts";
import { hetzner } from "../../src/model/host.ts";
import { daily, timerAt } from "../../src/model/schedule.ts";
import { firewall } from "../../services/firewall/index.ts";
import { job } from "../../services/job/index.ts";
import { rsyncPush } from "../../services/rsync-push/index.ts";
import {
  common,
  everywhere,
  pipelineJob,
  tomtomAccounts,
  trafficSnapshots,
  unknownPath,
} from "../../stacks/alaivos/parts.ts";

export default hetzner({
  name: "cx23",
  type: "cx23",
  ipv4: "204.168.205.135",
  ...everywhere,
  location: assumed("hel1", "the document names no region: that of ghost-01"),
  user: assumed("root", "the document names no user: that of ghost-01"),
  adopt: true,
  protect: true,
  monthlyCost: { eur: 4 },
  roles: ["traffic-tier-1", "osm-poi-enrichment"],
  publicPorts: ["22/tcp"],
  services: [
    ...common,
    firewall({}),
    tomtomAccounts,
    trafficSnapshots("tomtom-snapshots"),
    rsyncPush({
      to: "ghost-01",
      directory: assumed("/opt/ghost/data_pipeline/snapshots", "the document does not say where snapshots are kept"),
      at: assumed(daily("01:30"), "the document says nightly"),
    }),
    job({
      name: "osm-poi-enrichment",
      description: "Enriches points of interest from OpenStreetMap",
      run: assumed("/opt/ghost/data_pipeline/osm_enrich.py", unknownPath),
      when: assumed(timerAt("03:00"), "the document does not say when it runs"),
      ...pipelineJob,
    }),
  ],
});
