import { assumed } from "../../src/model/assumed.ts";
import { hetzner } from "../../src/model/host.ts";
import { ports } from "../../src/model/port.ts";
import { planned } from "../../src/model/status.ts";
import { secret } from "../../src/model/text.ts";
import { acmeCertificate } from "../../services/acme/index.ts";
import { coturn } from "../../services/coturn/index.ts";
import { firewall } from "../../services/firewall/index.ts";
import { ollama } from "../../services/ollama/index.ts";
import { wrangler } from "../../services/wrangler/index.ts";
import { common, everywhere } from "../../stacks/alaivos/parts.ts";
import { pipeline } from "../../stacks/alaivos/pipeline.ts";
import { programs } from "../../stacks/alaivos/programs.ts";
import { ghostSites } from "../../stacks/alaivos/sites.ts";

/** What answers. For a rollback name another of the models: docs/fleets/alaivos.md says how to go about it. */
const model = "gemma4:e4b";
const models = ["gemma4:e4b", "gemma4:e2b", "qwen3.5:9b", "qwen3.5:0.8b", "qwen3.5:2b", "qwen3.5:4b"];
const name = "ghost.alaivos.com";
const contact = assumed("hostmaster@alaivos.com", "the document names neither a certificate nor a contact");

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
    firewall({}),
    ...acmeCertificate({ name, contact, ports: [443, 8300, 5349], usedBy: ["nginx", "coturn"] }),
    ghostSites(name),
    coturn({ realm: "alaivos.com", relay: ports(49152, 65535), secret: secret("TURN_SECRET"), certificate: name }),
    ollama({ model, otherModels: models, keepAlive: "forever" }),
    ...programs(model),
    ...pipeline,
    planned(wrangler({ version: assumed(4, "the document names no version"), token: secret("WRANGLER_API_TOKEN") })),
  ],
});
