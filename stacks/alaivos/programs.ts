import { assumed } from "../../src/model/assumed.ts";
import { secret } from "../../src/model/text.ts";
import { app } from "../../services/app/index.ts";
import { unknownPath } from "./parts.ts";

/** The owner's own programs on ghost-01, each behind nginx or the router; `model` is the one that answers. */
export const programs = (model: string) => [
  app({
    name: "ghost-router",
    description: "Injects the default model per route",
    run: "/opt/ghost/model_router.py",
    interpreter: "/usr/bin/python3",
    port: 11435,
    after: ["ollama"],
    environment: { GHOST_MODEL: model },
    mustRead: ["GHOST_MODEL"],
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
];
