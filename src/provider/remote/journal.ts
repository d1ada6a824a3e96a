import { found, unknown, type Answer } from "./answer.ts";
import type { Question, Said } from "./question.ts";
import { quote, quoteAll } from "./sh.ts";

/**
 * What is written down on a host, in a folder of root's own: nothing else of fleet stays there.
 *
 *     /var/lib/fleet/lock                     whoever holds it changes or looks at the host
 *     /var/lib/fleet/holder                   since when the last change is under way, and whose it is
 *     /var/lib/fleet/ways                     folders that were made on the way to something, a path a line
 *     /var/lib/fleet/services/NAME/before     what was there before the service, a JSON object a line
 *     /var/lib/fleet/services/NAME/old/       files that were there before it
 *     /var/lib/fleet/services/NAME/unfinished what a change has still to do, a line each
 *     /var/lib/fleet/apply.TOKEN/             what an apply needs while it runs: old files, logs
 */
export const FOLDER = "/var/lib/fleet";

/** What was there before the first change of a service, by what it is; "absent" when nothing was. */
export interface WasBefore {
  /** By path; "kept": a copy lies in old/. */
  file: "kept" | "absent";
  directory: "absent" | { mode: string; owner: string; group: string };
  unit: "absent" | { enabled: boolean | string; active: boolean };
  kernel: string;
  timeZone: string;
}

/** A record: { file: "/etc/nginx/nginx.conf", was: "kept" }. */
export type Before = { [K in keyof WasBefore]: Record<K, string> & { was: WasBefore[K] } }[keyof WasBefore];

/** What a record is about: two with the same key are about the same thing. */
export const keyOf = ({ was: _, ...about }: Before): string => JSON.stringify(about);

export interface Journal {
  /** "restart nginx.service", "reload nginx.service", "records". */
  unfinished: string[];
  /** Undefined when it was not written down: the service is older than that, or not there yet. */
  before: Before[] | undefined;
}

/** Asks for what is written down of services. No processes: the files are short. */
export const JOURNAL: Question<string, (service: string) => Answer<Journal>> = {
  ask: (services) => [
    "told() { # section service file: its lines, and how many they are",
    `echo "#fleet:$1 $2"`,
    `if [ ! -e "$3" ]; then echo -; return; fi`,
    `lines=0`,
    `while IFS= read -r line; do [ -z "$line" ] || { printf '%s\\n' "$line"; lines=$((lines + 1)); }; done <"$3" && echo ". $lines"`,
    "}",
    `for service in ${quoteAll([...new Set(services)])}; do`,
    `told unfinished "$service" "$fleet/services/$service/unfinished"`,
    `told before "$service" "$fleet/services/$service/before"`,
    "done",
  ],
  read(said) {
    return (service) => {
      try {
        const before = listOf(said, "before", service)?.map((line) => JSON.parse(line) as Before);
        return found({ unfinished: listOf(said, "unfinished", service) ?? [], before });
      } catch {
        return unknown(`what is written down of ${service} in ${FOLDER} could not be read`);
      }
    };
  },
};

/** The lines of a list; undefined when there is none. @throws Error when that was not told */
function listOf(said: Said, name: string, service: string): string[] | undefined {
  const sections = said.get(name)?.filter(({ args }) => args[0] === service) ?? [];
  const lines = sections[0]?.lines.filter((line) => line !== "") ?? [];
  const end = lines.pop();
  const isWhole = end === "-" ? lines.length === 0 : end === `. ${lines.length}`;
  if (sections.length !== 1 || !isWhole) throw new Error("not told");
  return end === "-" ? undefined : lines;
}

/** Functions of an apply script to write things down. What must outlive a loss of power is on the disk when they end. */
export const JOURNAL_LIBRARY = `
write_down() { # service file lines: in place of those that are there
  mkdir -p -m 0700 "$fleet/services" "$fleet/services/$1"
  kept=$fleet/services/$1/$2; shift 2
  printf '%s\\n' "$@" >"$kept.new" && sync "$kept.new" && mv -f "$kept.new" "$kept"
}
finished() { rm -f "$fleet/services/$1/unfinished"; }
# what was there before a service is kept as long as the service is there
keep_for() { ( old="$fleet/services/$1"; shift; keep old "$@" ) } # service paths
bring_back() { ( old="$fleet/services/$1"; restore old "$2" ) } # service path
forget() { rm -rf "\${fleet:?}/services/$1"; }
`.trim();

export const noteLine = (service: string, file: "before" | "unfinished", lines: readonly string[]): string =>
  `write_down ${quote(service)} ${file} ${quoteAll(lines)}`;
