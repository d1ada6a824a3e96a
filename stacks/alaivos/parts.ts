import { assumed } from "../../src/model/assumed.ts";
import type { Os } from "../../src/model/platform.ts";
import { daily } from "../../src/model/schedule.ts";
import { secret, text } from "../../src/model/text.ts";
import { envFile } from "../../src/render/env-file.ts";
import { base } from "../../services/base/index.ts";
import { cronJob } from "../../services/cron-job/index.ts";
import { secretFile } from "../../services/secret-file/index.ts";
import { secretsDir } from "../../services/secrets-dir/index.ts";

/** What several hosts of this fleet share. */

export const cloudflareAccount = "3c64fc322ef36bd9138c7bc46382f559";

export const unknownPath = "the document does not say where the program is";

/** What the document leaves open for every host. */
export const everywhere = {
  os: assumed<Os>("ubuntu", "kernel 6.8.0-107 of ghost-01 is Ubuntu 24.04's; the document names no system"),
  timeZone: assumed("Europe/Helsinki", "ghost-01 stands in Helsinki; the document names no time zone"),
};

export const common = [base({}), secretsDir({})];

/** Jobs of the data pipeline: they read and write there as root, as they have done so far. */
export const pipelineJob = {
  account: assumed("root", "accounts.json and rclone's settings are readable by root alone"),
  state: assumed("/opt/ghost/data_pipeline", "the document does not say where results are kept"),
  loosened: { homes: "rclone's settings are in root's home" },
};

export const r2Keys = {
  R2_ACCESS_KEY_ID: secret("R2_ACCESS_KEY_ID"),
  R2_SECRET_ACCESS_KEY: secret("R2_SECRET_ACCESS_KEY"),
};

/** The 19 TomTom keys, the same on three hosts. */
export const tomtomAccounts = secretFile({
  name: "tomtom-accounts",
  path: "/opt/ghost/data_pipeline/accounts.json",
  content: text`${secret("TOMTOM_ACCOUNTS")}\n`,
});

/** Traffic snapshots three times a day, by the host's own clock. */
export const trafficSnapshots = (name: string) =>
  cronJob({
    name,
    run: assumed("/opt/ghost/data_pipeline/tomtom_snapshot.py", unknownPath),
    slots: assumed(
      { apm: daily("08:00"), mid: daily("13:00"), pm: daily("18:00") },
      "the document says APM, MID and PM without hours: rush hours and noon there, and an hour earlier further west",
    ),
  });

/** Where the airport pipeline looks for its access to R2. */
export const airportCredentials = secretFile({
  name: "airport-pipeline-credentials",
  path: "/opt/ghost/airport_pipeline/.env",
  content: envFile({
    R2_ENDPOINT_URL: `https://${cloudflareAccount}.r2.cloudflarestorage.com`,
    R2_ACCESS_KEY_ID: text`${r2Keys.R2_ACCESS_KEY_ID}`,
    R2_SECRET_ACCESS_KEY: text`${r2Keys.R2_SECRET_ACCESS_KEY}`,
    R2_BUCKET: "alaivos-models",
  }),
});
