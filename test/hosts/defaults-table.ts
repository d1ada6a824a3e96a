import type { Fleet } from "../../src/model/fleet.ts";

/** One row for each default that was assumed: the table at the end of docs/fleets/<fleet>.md. */
export const defaultsTable = (fleet: Fleet): string =>
  fleet.hosts
    .flatMap((host) => [
      ...host.assumptions.map((a) => [`${host.name} ${a.field}`, a.value] as const),
      ...host.services.flatMap((s) => (s.assumptions ?? []).map((a) => [`${host.name}/${s.name} ${a.field}`, a.value] as const)),
    ])
    .map(([setting, value]) => `| ${setting} | \`${typeof value === "string" ? value : JSON.stringify(value)}\` |\n`)
    .join("");
