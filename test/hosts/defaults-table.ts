import type { Fleet } from "../../src/model/fleet.ts";

/** More hosts than this with one default share a row. */
const MANY = 5;

/** One row for each default that was assumed: the table at the end of docs/fleets/<fleet>.md. */
export function defaultsTable(fleet: Fleet): string {
  const found = fleet.hosts.flatMap((host) => [
    ...host.assumptions.map((a) => ({ host: host.name, setting: ` ${a.field}`, value: shown(a.value) })),
    ...host.services.flatMap((s) =>
      (s.assumptions ?? []).map((a) => ({ host: host.name, setting: `/${s.name} ${a.field}`, value: shown(a.value) })),
    ),
  ]);
  const shared = Map.groupBy(found, ({ setting, value }) => `${setting} | ${value}`);
  const rows = found.map((row) => {
    const count = shared.get(`${row.setting} | ${row.value}`)!.length;
    return `| ${count > MANY ? `each of ${count} hosts` : row.host}${row.setting} | ${row.value} |\n`;
  });
  return [...new Set(rows)].join("");
}

const shown = (value: unknown): string => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
