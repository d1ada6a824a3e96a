import { behindFirewall } from "../../src/model/policies.ts";

/** The owner's rules, in the words of the document. */
export const policies = {
  "no-paid-apis": "No paid API in places, search and weather; Google Places is temporary, behind a kill switch",
  "turn-deny-private": "coturn denies private peers and TCP relay",
  "turn-time-limited": "TURN credentials are HMAC-SHA1 and limited in time",
  "https-only": "nginx is HTTPS only, with CSP, HSTS and X-Frame-Options",
  "no-secrets-in-app": "The service_role, R2, TomTom and Anthropic keys never go into the app's env.dart",
  "secrets-dir": "Secrets are kept in one directory that only root reads",
  "anthropic-scope": "Anthropic only through the checkup relay; AI providers are local and ghost",
  "dual-anonymization": "The device strips, then Gemma rewrites, before data leaves ghost-01",
  e2ee: "Chat is end-to-end encrypted; Realtime carries ciphertext only",
  "encrypted-tables": "AES-256-GCM on shared_gift_notes, web_ai_content and ai_command_queue",
  "health-local": "Health data is never synced to a cloud and never in Ghost prompts",
  "phone-hash": "Phone numbers are stored as hashes only",
  "training-off-hot-path": "Training jobs of bishop stay off the hot path",
  "kv-separate": "The business KV is separate: shared intelligence is copied, not referenced",
  "internal-ports": behindFirewall("What the document does not call public is reached by the host alone", () => true),
  "canonical-port": "8300 is the sports cache's canonical port",
  "photon-disk": "Photon is not self-hosted on cx23-b: 38 GB are too few",
};
