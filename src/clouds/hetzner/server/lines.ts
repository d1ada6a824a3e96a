import { hetzner } from "../../../model/host.ts";
import { osSchema } from "../../../model/platform.ts";
import type { Lines } from "../../kind.ts";
import { locationOf, type ShownServer } from "../shapes.ts";

/** The host file of a server that exists; nothing when the model would not take it. */
export function serverLines(fleet: string, server: ShownServer): Lines | undefined {
  const os = osSchema.safeParse(server.image?.os_flavor);
  const ipv4 = server.public_net.ipv4?.ip;
  const fields = {
    name: server.name,
    type: server.server_type.name as `cx${number}`,
    location: locationOf(server),
    os: os.success ? os.data : ("debian" as const),
    ...(ipv4 && { ipv4 }),
    adopt: true,
  };
  try {
    hetzner(fields);
  } catch {
    return undefined;
  }
  const values = Object.entries(fields)
    .map(([field, value]) => `${field}: ${JSON.stringify(value)}`)
    .join(", ");
  const guess = os.success ? "" : "  // Which system it runs is not known: look.\n";
  return {
    file: `hosts/${fleet}/${server.name}.ts`,
    text:
      `import { hetzner } from "../../src/model/host.ts";\n\nexport default hetzner({\n${guess}  ${values},\n` +
      "  services: [],\n});\n",
  };
}
