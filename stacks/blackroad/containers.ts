import { container } from "../../services/container/index.ts";
import { assumed } from "../../src/model/assumed.ts";
import { secret } from "../../src/model/text.ts";
import images from "./images.json" with { type: "json" };
import { ports, tailnet } from "./parts.ts";

/** The programs that come as images, by the digests that `fleet images blackroad` has written. */

const health = { path: "/health" };
const own = (args: Parameters<typeof container>[0]) => container({ pins: images, health, ...args });
const image = (name: string) => `ghcr.io/blackroad-os/${name}:latest`;
const ofVendor = (name: string) => assumed(name, "the document says :latest, or names no image");

export const website = own({ name: "website", image: image("website"), ports: [{ port: ports.website }] });
export const lucidia = own({ name: "lucidia", image: image("lucidia"), ports: [{ port: ports.lucidia }] });

export const api = own({
  name: "api",
  image: image("api"),
  ports: [{ port: ports.api, bind: "mesh" }],
  after: ["pi5-gamma/postgres", "jetson-prime/vllm"],
  environment: { JETSON_URL: `http://jetson-prime.${tailnet}:${ports.llm}` },
  secrets: {
    DATABASE_URL: secret("DATABASE_URL"),
    STRIPE_SECRET_KEY: secret("STRIPE_SECRET_KEY"),
    CANVA_API_KEY: secret("CANVA_API_KEY"),
    HUGGINGFACE_TOKEN: secret("HUGGINGFACE_TOKEN"),
    GOOGLE_CLIENT_ID: secret("GOOGLE_CLIENT_ID"),
    GOOGLE_CLIENT_SECRET: secret("GOOGLE_CLIENT_SECRET"),
  },
});

export const agentPoolApi = own({
  name: "agent-pool-api",
  image: image("agent-pool-api"),
  ports: [{ port: ports.agents, bind: "mesh" }],
});

export const vllm = own({
  name: "vllm",
  image: ofVendor("docker.io/vllm/vllm-openai:latest"),
  ports: [{ port: 8000, at: ports.llm, bind: "mesh" }],
  command: ["--model", "Qwen/Qwen2.5-7B-Instruct", "--served-model-name", "qwen2.5:7b", "--max-model-len", "4096"],
  secrets: { HF_TOKEN: secret("HUGGINGFACE_TOKEN") },
  volumes: { "/root/.cache/huggingface": { from: "huggingface" } },
  gpu: true,
});

export const milvus = own({
  name: "milvus",
  image: ofVendor("docker.io/milvusdb/milvus:latest"),
  ports: [{ port: ports.milvus, bind: "mesh" }],
  volumes: { "/var/lib/milvus": { from: "milvus" } },
});

export const grafana = own({
  name: "grafana",
  image: ofVendor("docker.io/grafana/grafana:latest"),
  ports: [{ port: ports.grafana, bind: "mesh" }],
  after: ["prometheus"],
  volumes: { "/var/lib/grafana": { from: "grafana_data" } },
});

export const loki = own({
  name: "loki",
  image: ofVendor("docker.io/grafana/loki:latest"),
  ports: [{ port: ports.loki, bind: "mesh" }],
  volumes: { "/loki": { from: "loki" } },
});

/** What visitors see while the house is offline. */
export const failoverPage = own({
  name: "failover-page",
  image: image("failover-page"),
  ports: [{ port: ports.failover }],
});
