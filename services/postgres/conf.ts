import { oneLine } from "../../src/render/one-line.ts";

type Setting = string | number | boolean;

/** What is different from the package's postgresql.conf, which reads conf.d last. */
export function clusterConf(addresses: readonly string[], port: number, settings: Record<string, Setting>): string {
  const all: Record<string, Setting> = {
    listen_addresses: addresses.join(","),
    port,
    password_encryption: "scram-sha-256",
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${quoted(name, value)}\n`);
  return `# Written by fleet (services/postgres).\n${lines.join("")}`;
}

const quoted = (name: string, value: Setting): string =>
  typeof value === "string"
    ? `'${oneLine(name, value).replaceAll("'", "''")}'`
    : typeof value === "boolean"
      ? value
        ? "on"
        : "off"
      : String(value);

/** Who may log in how: accounts of the host as the role of their name, each role to its database by password. */
export function hbaConf(databases: readonly { name: string; role?: string }[], clients: readonly string[]): string {
  const networks = ["127.0.0.1/32", "::1/128", ...clients];
  const rows = [
    ["local", "all", "postgres", "", "peer"],
    ["local", "all", "all", "", "peer"],
    ...databases.flatMap(({ name, role = name }) =>
      networks.map((network) => ["host", name, role, network, "scram-sha-256"]),
    ),
  ];
  return `# Written by fleet (services/postgres).\n${rows.map((row) => `${row.filter(Boolean).join(" ")}\n`).join("")}`;
}
