import { assumed } from "../../src/model/assumed.ts";
import { hetzner } from "../../src/model/host.ts";
import { timerAt } from "../../src/model/schedule.ts";
import { app } from "../../services/app/index.ts";
import { firewall } from "../../services/firewall/index.ts";
import { job } from "../../services/job/index.ts";
import {
  common,
  everywhere,
  pipelineJob,
  tomtomAccounts,
  trafficSnapshots,
  unknownPath,
} from "../../stacks/alaivos/parts.ts";

export default hetzner({
  name: "cx23-b",
  type: "cx23",
  ipv4: "204.168.236.190",
  ...everywhere,
  location: assumed("hel1", "the document names no region: that of ghost-01"),
  user: assumed("root", "the document names no user: that of ghost-01"),
  adopt: true,
  protect: true,
  monthlyCost: { eur: 4 },
  roles: ["harvester", "airport-pipeline", "traffic-tier-2"],
  note: "38 GB disk: too small for a self-hosted Photon",
  publicPorts: ["22/tcp"],
  services: [
    ...common,
    firewall({}),
    tomtomAccounts,
    trafficSnapshots("secondary-traffic"),
    app({
      name: "ddg-harvester",
      description: "Harvests DuckDuckGo results",
      run: assumed("/opt/ghost/ddg_harvester.py", unknownPath),
    }),
    job({
      name: "airport-pipeline",
      description: "Builds the airport data",
      run: assumed("/opt/ghost/airport_pipeline/run.py", unknownPath),
      when: assumed(timerAt("04:00"), "the document does not say when it runs"),
      ...pipelineJob,
      state: assumed("/opt/ghost/airport_pipeline", "the document does not say where results are kept"),
    }),
  ],
});
