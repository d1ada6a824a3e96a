import { assumed } from "../../src/model/assumed.ts";
import { timerEvery } from "../../src/model/schedule.ts";
import { job } from "../../services/job/index.ts";
import { rclone } from "../../services/rclone/index.ts";
import { rsyncInbox } from "../../services/rsync-inbox/index.ts";
import {
  airportCredentials,
  cloudflareAccount,
  pipelineJob,
  r2Keys,
  tomtomAccounts,
  trafficSnapshots,
  unknownPath,
} from "./parts.ts";

/** The data pipeline of ghost-01: what it collects, what other hosts bring, and where it goes. */
export const pipeline = [
  job({
    name: "weather-pipeline",
    description: "Weather and air quality to R2",
    run: assumed("/opt/ghost/data_pipeline/weather.py", unknownPath),
    when: assumed(timerEvery("15 minutes"), "the document says at most 30 minutes old"),
    secrets: r2Keys,
    ...pipelineJob,
  }),
  tomtomAccounts,
  trafficSnapshots("traffic-tier-0"),
  airportCredentials,
  rclone({
    remote: "r2",
    account: cloudflareAccount,
    accessKeyId: r2Keys.R2_ACCESS_KEY_ID,
    secretAccessKey: r2Keys.R2_SECRET_ACCESS_KEY,
  }),
  rsyncInbox({ from: "cx23", directory: assumed("/srv/traffic/cx23", unknownPath) }),
];
