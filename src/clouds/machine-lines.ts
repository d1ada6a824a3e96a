import { digitalocean, hetzner } from "../model/host.ts";
import { type Os, osSchema } from "../model/platform.ts";
import type { Lines } from "./kind.ts";

const makers = { hetzner, digitalocean };

/**
 * The host file of a machine that exists; nothing when the model would not take it.
 * @param fields what only its kind has, and its name
 * @param system as its vendor calls what it runs
 */
export function machineLines<K extends keyof typeof makers>(
  fleet: string,
  make: K,
  fields: Omit<Parameters<(typeof makers)[K]>[0], "os"> & { name: string },
  { system, ipv4 }: { system: string | undefined; ipv4: string | undefined },
): Lines | undefined {
  const os = osSchema.safeParse(system);
  const all = { ...fields, os: os.success ? os.data : ("debian" as Os), ...(ipv4 && { ipv4 }), adopt: true };
  try {
    makers[make](all as never);
  } catch {
    return undefined;
  }
  const values = Object.entries(all)
    .map(([field, value]) => `${field}: ${JSON.stringify(value)}`)
    .join(", ");
  const guess = os.success ? "" : "  // Which system it runs is not known: look.\n";
  return {
    file: `hosts/${fleet}/${fields.name}.ts`,
    text:
      `import { ${make} } from "../../src/model/host.ts";\n\nexport default ${make}({\n${guess}  ${values},\n` +
      "  services: [],\n});\n",
  };
}
