import { answersHealth, neverBindsAll, noOpenPorts } from "../../src/model/exposure-policies.ts";
import { atMost, type Who, without } from "../../src/model/policies.ts";

/** The machines in the house. */
const atHome: Who = (host) => host.kind === "static";
const everywhere: Who = () => true;

/** The owner's principles in the words of the document, those that can be checked with their check. */
export const policies = {
  "no-open-ports": noOpenPorts("Pis and Jetson open no port to the internet: a tunnel brings what comes in", atHome),
  "never-0-0-0-0": neverBindsAll("What listens binds localhost or Tailscale, never 0.0.0.0", everywhere),
  "models-on-jetson-only": without(
    "The Jetson is the only device that runs AI models",
    ["vllm", "ollama"],
    (host) => !host.roles.includes("llm"),
  ),
  "worker-and-kv-limit": atMost("10 Workers and 6 KV namespaces at most", { workers: 10, kv: 6 }),
  "health-endpoint": answersHealth("Every service has /health", ({ kind }) => kind === "container"),
  sovereignty: "Your hardware, your data: the cloud is just routing",
  simplicity: "As little infrastructure as will do",
  economics: "Hardware once, and about $50 a month",
  "inbound-by-tunnel": "Cloudflare Tunnel carries what comes in, Tailscale what goes between",
  "rate-limit": "100 requests a minute: stacks/blackroad/workers/ratelimit.js",
  "api-keys-hashed": "API keys begin with br_ and are kept as SHA-256: stacks/blackroad/workers/auth.js",
  "env-not-committed": "No .env is committed",
  "repo-standard":
    "Each repository has deploy.yml, Dockerfile, .env.example and a README with host, port and dependencies",
  "multi-arch": "Images are for linux/amd64 and linux/arm64",
  "do-not-rebuild": "Stripe, Canva, HuggingFace and Google Drive are called, not rebuilt",
};
