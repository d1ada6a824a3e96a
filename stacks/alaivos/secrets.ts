import { declareSecret } from "../../src/model/secret.ts";

/**
 * Every secret that something of this fleet is given. Those that only third parties hold (Firebase, Stripe, Twilio) are
 * not here.
 */
export const secrets = [
  declareSecret({
    name: "TURN_SECRET",
    format: { kind: "token", minLength: 16 },
    usedBy: ["coturn on ghost-01", "whoever gives the app its TURN credentials"],
    make: "openssl rand -hex 32",
  }),
  declareSecret({
    name: "GHOST_TOKEN",
    format: { kind: "token", minLength: 16 },
    usedBy: ["ghost-router on ghost-01, as the X-Ghost-Token of app requests"],
    make: "openssl rand -hex 32",
  }),
  declareSecret({
    name: "R2_ACCESS_KEY_ID",
    format: { kind: "hex", length: 32 },
    usedBy: ["rclone, weather-pipeline and airport-pipeline-credentials on ghost-01"],
    make: "Cloudflare dashboard: R2, Manage API tokens",
  }),
  declareSecret({
    name: "R2_SECRET_ACCESS_KEY",
    format: { kind: "hex", length: 64 },
    usedBy: ["rclone, weather-pipeline and airport-pipeline-credentials on ghost-01"],
    make: "Cloudflare dashboard: R2, Manage API tokens; shown once with its access key",
  }),
  declareSecret({
    name: "TOMTOM_ACCOUNTS",
    format: { kind: "json" },
    usedBy: ["/opt/ghost/data_pipeline/accounts.json on ghost-01, cx23 and cx23-b"],
    make: "the accounts.json of ghost-01 as it is: 19 keys from developer.tomtom.com",
  }),
  declareSecret({
    name: "THESPORTSDB_KEY",
    format: { kind: "token", minLength: 1 },
    usedBy: ["sports-cache on ghost-01"],
    make: "thesportsdb.com, with the Patreon subscription",
  }),
  declareSecret({
    name: "API_FOOTBALL_KEY",
    format: { kind: "token", minLength: 16 },
    usedBy: ["sports-cache on ghost-01"],
    make: "dashboard.api-football.com",
  }),
  declareSecret({
    name: "ANTHROPIC_API_KEY",
    format: {
      kind: "text",
      describe: 'a key that begins with sk-ant-, or the word "pending" until the account exists',
    },
    usedBy: ["checkup-relay on ghost-01"],
    make: "console.anthropic.com, as Citerius Holdings LLC",
  }),
  declareSecret({
    name: "WRANGLER_API_TOKEN",
    format: { kind: "token", minLength: 40 },
    usedBy: ["wrangler on ghost-01"],
    make: "Cloudflare dashboard: My Profile, API Tokens",
    status: "planned",
  }),
  declareSecret({
    name: "SUPABASE_SERVICE_ROLE",
    format: { kind: "text", describe: "a JSON web token" },
    usedBy: ["the Worker hub"],
    make: "Supabase dashboard: Project Settings, API",
    status: "planned",
  }),
];
