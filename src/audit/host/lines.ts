import { bundleSchema, type BundleInput } from "../../model/bundle.ts";
import type { Lines } from "../types.ts";
import { shownCommand, type CronEntry } from "./cron.ts";
import type { Account } from "./read.ts";

type Part = "units" | "cron" | "users" | "packages";

/** What a service's render would hold to declare something that is on a host. */
export interface HostLines {
  unit(name: string): Lines | undefined;
  cron(entry: CronEntry): Lines | undefined;
  user(account: Account): Lines | undefined;
  package(name: string): Lines | undefined;
}

/** @param file the host's own */
export function hostLines(file: string): HostLines {
  const lines = (part: Part, bundle: BundleInput, text: string): Lines | undefined =>
    bundleSchema.safeParse(bundle).success
      ? { file, within: `a service of it, in its render: ${part}: ${part === "packages" ? "[ … ]" : "{ … }"}`, text }
      : undefined;
  return {
    unit: (name) => lines("units", { units: { [name]: {} } }, `${JSON.stringify(name)}: {},`),
    cron: (entry) => {
      const name = cronName(entry);
      const { schedule, user } = entry;
      const command = shownCommand(entry.command);
      const note = command === entry.command ? "" : " // what … stands for is not copied here: it may be secret";
      return lines(
        "cron",
        { cron: { [name]: { schedule, user, command: entry.command } } },
        `${JSON.stringify(name)}: { schedule: ${JSON.stringify(schedule)}, user: ${JSON.stringify(user)}, command: ` +
          `${JSON.stringify(command)} },${note}`,
      );
    },
    user: ({ name, uid, home, shell, groups }) => {
      const user = {
        ...(uid >= 1000 && { system: false }),
        home,
        shell: shell || "/bin/sh",
        ...(groups.length > 0 && { groups }),
      };
      return lines("users", { users: { [name]: user } }, `${JSON.stringify(name)}: ${written(user)},`);
    },
    package: (name) => lines("packages", { packages: [name] }, `${JSON.stringify(name)},`),
  };
}

/** The name that its file in /etc/cron.d would have: of one that is there, its own. */
const cronName = ({ path, user }: CronEntry): string =>
  path.startsWith("/etc/cron.d/") ? path.slice("/etc/cron.d/".length) : `${user}-${path.split("/").at(-1)}`;

const written = (fields: object): string =>
  `{ ${Object.entries(fields)
    .map(([field, value]) => `${field}: ${JSON.stringify(value)}`)
    .join(", ")} }`;
