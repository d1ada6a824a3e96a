import { tailnet, ports } from "./parts.ts";
import type { prometheus } from "../../services/prometheus/index.ts";

const at = (host: string, port: number) => `${host}.${tailnet}:${port}`;
const hosts = ["pi5-alpha", "pi5-beta", "pi5-gamma", "pi400-delta", "pi0-epsilon", "jetson-prime"];

/**
 * What Prometheus looks at: the document's three jobs, each machine, and what visitors get, which the Pi Zero asks.
 * The droplet's own machine comes with it.
 */
export const jobs: Parameters<typeof prometheus>[0]["jobs"] = [
  { name: "pi5-alpha", targets: [at("pi5-alpha", ports.api)] },
  { name: "pi5-beta", targets: [at("pi5-beta", ports.agents)] },
  { name: "jetson", targets: [at("jetson-prime", ports.llm)] },
  { name: "machines", targets: hosts.map((host) => at(host, 9100)) },
  {
    name: "health",
    urls: [
      `http://${at("pi5-alpha", ports.api)}/health`,
      `http://${at("pi5-beta", ports.agents)}/health`,
      `http://${at("jetson-prime", ports.llm)}/health`,
      "https://blackroad.io/health",
      "https://lucidia.earth/health",
    ],
    by: at("pi0-epsilon", 9115),
  },
];
