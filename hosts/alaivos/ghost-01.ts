import { assumed } from "../../src/model/assumed.ts";
import { hetzner } from "../../src/model/host.ts";
import { ports } from "../../src/model/port.ts";
import { timerAt, timerEvery } from "../../src/model/schedule.ts";
import { planned } from "../../src/model/status.ts";
import { secret } from "../../src/model/text.ts";
import { app } from "../../services/app/index.ts";
import { certificate } from "../../services/certificate/index.ts";
import { coturn } from "../../services/coturn/index.ts";
import { job } from "../../services/job/index.ts";
import { nginx } from "../../services/nginx/index.ts";
import { ollama } from "../../services/ollama/index.ts";
import { rclone } from "../../services/rclone/index.ts";
import { rsyncInbox } from "../../services/rsync-inbox/index.ts";
import { wrangler } from "../../services/wrangler/index.ts";
import {
  airportCredentials,
  cloudflareAccount,
  common,
  everywhere,
  r2Keys,
  tomtomAccounts,
  trafficSnapshots,
  unknownPath,
} from "../../stacks/alaivos/parts.ts";

const name = "ghost.alaivos.com";

export default hetzner({
  name: "ghost-01",
  type: "cx43",
  location: "hel1",
  ipv4: "46.62.149.145",
  ...everywhere,
  adopt: true,
  protect: true,
  monthlyCost: { eur: 17 },
  roles: ["primary", "llm", "turn-relay", "pipeline-master"],
  note: "a reboot is pending (kernel 6.8.0-107)",
  publicPorts: ["22/tcp", "80/tcp", "443/tcp", "8300/tcp", "3478/tcp", "3478/udp", "5349/tcp", "49152-65535/udp"],
  services: [
    ...common,
    certificate({
      name,
      days: assumed(3650, "the document names no certificates: self-signed until a better one is put in its place"),
    }),
    nginx({
      sites: assumed(
        [
          {
            name,
            proxies: [
              { path: "/", to: 11435, probe: "/health" },
              { path: "/checkup/", to: 8100, probe: "/checkup/health" },
            ],
          },
          { name, port: 8300, proxies: [{ path: "/", to: 11436, probe: "/health" }] },
        ],
        "the document names the sports cache on 8300; the other paths and all health paths are ours",
      ),
    }),
    coturn({ realm: "alaivos.com", relay: ports(49152, 65535), secret: secret("TURN_SECRET"), certificate: name }),
    ollama({
      model: "gemma4:e4b",
      otherModels: ["gemma4:e2b", "qwen3.5:9b", "qwen3.5:0.8b", "qwen3.5:2b", "qwen3.5:4b"],
      keepAlive: "forever",
    }),
    app({
      name: "ghost-router",
      description: "Injects the default model per route",
      run: "/opt/ghost/model_router.py",
      interpreter: "/usr/bin/python3",
      port: 11435,
      after: ["ollama"],
      secrets: { GHOST_TOKEN: secret("GHOST_TOKEN") },
    }),
    app({
      name: "sports-cache",
      description: "Multi-sport cache of 31 leagues",
      run: assumed("/opt/ghost/sports_cache.py", unknownPath),
      port: 11436,
      secrets: { THESPORTSDB_KEY: secret("THESPORTSDB_KEY"), API_FOOTBALL_KEY: secret("API_FOOTBALL_KEY") },
    }),
    app({
      name: "checkup-relay",
      description: "Anonymizes checkups for the Anthropic Batch API",
      run: assumed("/opt/ghost/checkup_relay.py", unknownPath),
      port: 8100,
      after: ["ollama"],
      secrets: { ANTHROPIC_API_KEY: secret("ANTHROPIC_API_KEY") },
    }),
    app({ name: "kokoro-tts", description: "Text to speech", run: assumed("/opt/ghost/kokoro_tts.py", unknownPath) }),
    job({
      name: "checkup-batch",
      description: "Overnight batch of checkups",
      run: assumed("/opt/ghost/checkup_batch.py", unknownPath),
      when: assumed(timerAt("02:00"), "the document says overnight"),
      secrets: { ANTHROPIC_API_KEY: secret("ANTHROPIC_API_KEY") },
    }),
    job({
      name: "weather-pipeline",
      description: "Weather and air quality to R2",
      run: assumed("/opt/ghost/data_pipeline/weather.py", unknownPath),
      when: assumed(timerEvery("15 minutes"), "the document says at most 30 minutes old"),
      secrets: r2Keys,
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
    planned(wrangler({ version: assumed(4, "the document names no version"), token: secret("WRANGLER_API_TOKEN") })),
  ],
});
