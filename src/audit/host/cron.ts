/** One job of cron. Its command may hold a secret: it is never shown as it is, see shownCommand(). */
export interface CronEntry {
  /** The file that it stands in, or the script that is run. */
  path: string;
  /** Five fields, "@daily", or "daily" for a script of /etc/cron.daily. */
  schedule: string;
  user: string;
  command: string;
}

/**
 * The jobs of a crontab, and the numbers of lines that are none and yet say something: one of the system's names a user
 * in each line, one of a user is called after them, one of anacron has a delay and a name.
 */
export function readCrontab(path: string, text: string): { things: CronEntry[]; unread: number[] } {
  const job = path.startsWith("/var/spool/") ? OF_USER : path === "/etc/anacrontab" ? OF_ANACRON : OF_SYSTEM;
  const lines = text
    .split("\n")
    .map((line, i) => ({ line: line.trim(), number: i + 1 }))
    .filter(({ line }) => line !== "" && !line.startsWith("#") && !/^(\w+|"\w+"|'\w+')\s*=/.test(line))
    .map(({ line, number }) => ({ number, found: job.exec(line)?.groups }));
  return {
    unread: lines.filter(({ found }) => !found).map(({ number }) => number),
    things: lines.flatMap(({ found }): CronEntry[] =>
      found
        ? [
            {
              path,
              schedule: found.when!.split(/\s+/).join(" "),
              user: found.user ?? (job === OF_USER ? path.split("/").at(-1)! : "root"),
              command: found.command!,
            },
          ]
        : [],
    ),
  };
}

const WHEN = String.raw`(?<when>@\w+|(?:\S+\s+){4}\S+)`;
const OF_SYSTEM = new RegExp(String.raw`^${WHEN}\s+(?<user>\S+)\s+(?<command>\S.*)$`);
const OF_USER = new RegExp(String.raw`^${WHEN}\s+(?<command>\S.*)$`);
const OF_ANACRON = /^(?<when>\d+|@\w+)\s+\d+\s+\S+\s+(?<command>\S.*)$/;

/**
 * A command without what may be a secret: its program, and words that are paths. Everything else, such as options and
 * their values, settings before the program, addresses and quoted text, is "…": "/usr/bin/curl … /etc/ssl/ca.pem …".
 */
export function shownCommand(command: string): string {
  const words = command.split(/\s+/).filter(Boolean);
  const program = words.findIndex((word) => !/^\w+=/.test(word));
  const shown = words.map((word, i) =>
    isPath(word) || (i === program && /^[\w.+-]{1,40}$/.test(word) && !isRandom(word)) ? word : "…",
  );
  return shown.filter((word, i) => word !== "…" || shown[i - 1] !== "…").join(" ");
}

const isPath = (word: string): boolean =>
  /^(~|\.{1,2})?(\/[\w.+@-]+)+\/?$/.test(word) && word.length <= 120 && !word.split("/").some(isRandom);

/** Letters and digits mixed as nobody names a file. */
const isRandom = (part: string): boolean =>
  part.length > 40 ||
  (part.length >= 16 && /\d/.test(part) && /[A-Za-z]/.test(part) && !/[._-]/.test(part)) ||
  (part.length >= 12 && /\d/.test(part) && /[a-z]/.test(part) && /[A-Z]/.test(part));
