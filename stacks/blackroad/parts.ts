import { assumed } from "../../src/model/assumed.ts";
import type { Os } from "../../src/model/platform.ts";
import { base } from "../../services/base/index.ts";
import { nodeExporter } from "../../services/node-exporter/index.ts";
import { secretsDir } from "../../services/secrets-dir/index.ts";

/** What several hosts of this fleet share. */

export const tailnet = assumed("tail0000.ts.net", "the document has a placeholder, tailXXXXX.ts.net").value;
export const tailnetNetwork = "100.64.0.0/10";

/** The last part is the document's, 100.x.x.N. */
export const meshAddress = (last: number) =>
  assumed(
    `100.64.0.${last}`,
    "the document has placeholders, 100.x.x.N: set the device's address in Tailscale's console",
  );

/** What the document says of every Raspberry Pi, or leaves open for it. */
export const raspberryPi = {
  os: assumed<Os>("raspberry-pi-os", "the document names no system"),
  location: "home",
  user: "pi",
} as const;

export const common = [base({}), secretsDir({}), nodeExporter({ bind: "mesh" })];

/** What every program answers on its own port. */
export const ports = {
  website: 3000,
  lucidia: 3001,
  api: 8000,
  agents: 8001,
  llm: 8080,
  failover: 8080,
  grafana: 3000,
  loki: 3100,
  milvus: 19530,
};
