/** What `fleet new host` knows of the host to be. */
export interface NewHost {
  name: string;
  kind: HostKind;
  region?: string;
  type?: string;
  mesh?: string;
}

export const hostKinds = [
  "hetzner",
  "digitalocean",
  "aws",
  "pi",
  "jetson",
  "mac",
  "mini-pc",
  "vps",
  "bare-metal",
] as const;
export type HostKind = (typeof hostKinds)[number];

/**
 * What stacks/<fleet>/new-host.ts may export by default: the text of a host file in the fleet's own words; undefined
 * for the usual one.
 */
export type FleetTemplate = (host: NewHost) => string | undefined;

/**
 * The text of a host file with what every host of its kind needs; the rest is for its author. @throws Error naming the
 * option that is missing
 */
export function hostFile(host: NewHost): string {
  const { kind, name, mesh } = host;
  const make = kind.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const fields = {
    name,
    ...fieldsOf(host),
    ...(mesh && { mesh }),
    ...(kind !== "mac" && { os: "debian" }),
    services: [],
  };
  const written = Object.entries(fields)
    .map(([field, value]) => `${field}: ${JSON.stringify(value)}`)
    .join(", ");
  return `import { ${make} } from "../../src/model/host.ts";\n\nexport default ${make}({ ${written} });\n`;
}

function fieldsOf(host: NewHost): Record<string, unknown> {
  const needed = (option: "region" | "type", example: string): string => {
    const value = host[option];
    if (value === undefined)
      throw new Error(`a host of kind ${host.kind} needs --${option}, such as --${option} ${example}`);
    return value;
  };
  switch (host.kind) {
    case "hetzner":
      return { type: needed("type", "cx23"), location: needed("region", "hel1") };
    case "digitalocean":
      return { size: needed("type", "s-1vcpu-1gb"), region: needed("region", "nyc3") };
    case "aws":
      return { type: needed("type", "t4g.nano"), region: needed("region", "eu-west-2") };
    default:
      return host.region === undefined ? {} : { location: host.region };
  }
}
