import { declareSecret } from "../../src/model/secret.ts";

export const secrets = [
  declareSecret({
    name: "POSTGRES_PASSWORD",
    format: { kind: "token", minLength: 32 },
    usedBy: ["postgres on pi5-gamma, for the role blackroad"],
    make: "openssl rand -hex 32",
  }),
  declareSecret({
    name: "REDIS_PASSWORD",
    format: { kind: "token", minLength: 32 },
    usedBy: ["redis on pi5-gamma"],
    make: "openssl rand -hex 32",
    note: "the document names none; what the whole tailnet reaches has one",
  }),
  declareSecret({
    name: "STRIPE_WEBHOOK_SECRET",
    format: { kind: "token", minLength: 24, prefix: "whsec_" },
    usedBy: ["the Worker blackroad-billing"],
    make: "Stripe dashboard: Developers, Webhooks, the endpoint's signing secret",
  }),
  declareSecret({
    name: "DATABASE_URL",
    format: { kind: "url", scheme: "postgresql" },
    usedBy: ["api on pi5-alpha"],
    make: "postgresql://blackroad:POSTGRES_PASSWORD@pi5-gamma.TAILNET:5432/blackroad",
  }),
  declareSecret({
    name: "STRIPE_SECRET_KEY",
    format: { kind: "token", minLength: 24, prefix: "sk_" },
    usedBy: ["api on pi5-alpha"],
    make: "Stripe dashboard: Developers, API keys",
  }),
  declareSecret({
    name: "CANVA_API_KEY",
    format: { kind: "token", minLength: 16 },
    usedBy: ["api on pi5-alpha"],
    make: "Canva developer portal",
  }),
  declareSecret({
    name: "HUGGINGFACE_TOKEN",
    format: { kind: "token", minLength: 16, prefix: "hf_" },
    usedBy: ["vllm on jetson-prime, to fetch models", "api on pi5-alpha"],
    make: "huggingface.co: Settings, Access Tokens, read alone",
  }),
  declareSecret({
    name: "GOOGLE_CLIENT_ID",
    format: { kind: "text", describe: "a client id that ends with .apps.googleusercontent.com" },
    usedBy: ["api on pi5-alpha"],
    make: "Google Cloud console: Credentials, OAuth client",
  }),
  declareSecret({
    name: "GOOGLE_CLIENT_SECRET",
    format: { kind: "token", minLength: 16 },
    usedBy: ["api on pi5-alpha"],
    make: "Google Cloud console: with its client id",
  }),
];
