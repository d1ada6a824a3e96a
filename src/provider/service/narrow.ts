import { mapValues } from "../aspects/secrets.ts";
import type { Shape } from "../aspects/shape.ts";

/** What was found of the desired things alone; extra drop-ins of their units stay to be seen. */
export function narrow(found: Shape, desired: Shape): Shape {
  const within = <T>(items: Record<string, T>, wanted: object): Record<string, T> =>
    Object.fromEntries(Object.entries(items).filter(([key]) => key in wanted));
  return {
    ...found,
    packages: found.packages.filter((name) => desired.packages.includes(name)),
    groups: within(found.groups, desired.groups),
    users: within(found.users, desired.users),
    directories: within(found.directories, desired.directories),
    files: within(found.files, desired.files),
    artifacts: within(found.artifacts, desired.artifacts),
    units: within(found.units, desired.units),
    containers: within(found.containers, desired.containers),
    records: mapValues(within(found.records, desired.records), (records, keeper) =>
      within(records, desired.records[keeper]!),
    ),
    cron: within(found.cron, desired.cron),
    sysctl: within(found.sysctl, desired.sysctl),
    options: within(found.options, desired.options),
    timeZone: desired.timeZone === undefined ? undefined : found.timeZone,
  };
}
