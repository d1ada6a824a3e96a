import { decode, sectionsOf } from "../../provider/remote/sh.ts";
import { FILE_LIMIT } from "./script.ts";

/** What auditScript() looks at, in the words of a reason. */
export const CALLED = {
  system: "which system it is",
  sockets: "ports",
  held: "which programs hold ports open",
  programs: "where those programs come from",
  names: "what those programs are called",
  groups: "which units those programs are in",
  packages: "which packages those programs came with",
  units: "units",
  passwd: "accounts",
  members: "groups of accounts",
  passwords: "passwords of accounts",
  containers: "containers of root's",
  cron: "cron entries",
  sshd: "where sshd reads keys",
  keyfiles: "keys that may log in",
};
export type PartName = keyof typeof CALLED;

/** Where something may be absent: a program that has ended meanwhile, a folder that only some systems have. */
const MAY_BE_ABSENT = new Set(["held", "programs", "names", "groups", "packages", "cron", "keyfiles"]);
const ABSENT = /No such file or directory$|Not a directory$|No such process$|no path found matching pattern /;

interface Part {
  name: string;
  /** What was said, also when it is not everything. */
  text: string;
  /** Why it is not everything. */
  why: string | undefined;
}

/** What a host answered to auditScript(), part by part; and what of it is not known, and why. */
export class Parts {
  private readonly parts: readonly Part[];
  private readonly missing: [about: string, why: string][] = [];

  /** @throws Error when the answer was cut short, with what the host said */
  constructor(output: string, said: string) {
    const sections = sectionsOf(output);
    if (sections.at(-1)?.name !== "end")
      throw new Error(`the host's answer was cut short${said.trim() ? `: ${said.trim().slice(-500)}` : ""}`);
    const complaints = sectionsOf(said);
    this.parts = sections.map(({ name, lines }, i) =>
      readPart(name, decode(lines).toString("utf8"), complaints[i]?.name === name ? complaints[i].lines : []),
    );
    for (const name of Object.keys(CALLED) as PartName[]) {
      const { why } = this.part(name);
      if (why !== undefined) this.isMissing(CALLED[name], why);
    }
  }

  /** The lines of a part, without empty ones. */
  lines(name: PartName): string[] {
    return this.part(name)
      .text.split("\n")
      .filter((line) => line !== "");
  }

  isWhole(name: PartName): boolean {
    return this.part(name).why === undefined;
  }

  /** Files that the script has read. Of one that is cut only whole lines are told. */
  files(name: "crontab" | "keys"): { path: string; text: string }[] {
    return this.parts
      .filter((part) => part.name === name)
      .map(({ text, why }) => {
        const zero = text.indexOf("\0");
        const [path, all] = [text.slice(0, zero), text.slice(zero + 1)];
        if (why !== undefined) this.isMissing(zero < 0 ? "a file" : path, why);
        if (Buffer.byteLength(all) <= FILE_LIMIT) return { path, text: all };
        this.isMissing(path, `it is longer than ${FILE_LIMIT} bytes, and only its beginning was looked at`);
        return { path, text: all.slice(0, all.lastIndexOf("\n")) };
      });
  }

  /** Something on the host could not be looked at or understood. */
  isMissing(about: string, why: string): void {
    this.missing.push([about, why]);
  }

  /** "units: find: not found": what is not known and why; what has one reason is told in one. */
  get unknown(): string[] {
    return [...Map.groupBy(this.missing, ([, why]) => why)].map(
      ([why, each]) => `${[...new Set(each.map(([about]) => about))].join(", ")}: ${why}`,
    );
  }

  private part(name: PartName): Part {
    return this.parts.find((part) => part.name === name) ?? { name, text: "", why: NO_ANSWER };
  }
}

const NO_ANSWER = "the host gave no answer";

function readPart(name: string, said: string, stderr: readonly string[]): Part {
  const complaints = stderr.map((line) => line.trim().replace(/^\S+: (line )?\d+: /, "")).filter((line) => line !== "");
  const real = complaints.filter((line) => !(MAY_BE_ABSENT.has(name) && ABSENT.test(line)));
  const [ending, status] = /\nended (\d+)$/.exec(said) ?? [];
  if (ending === undefined) return { name, text: "", why: real[0] ?? NO_ANSWER };
  const isExplained = real.length === 0 && complaints.length > 0;
  const isWhole = status === "0" || (isExplained && MAY_BE_ABSENT.has(name));
  return {
    name,
    text: said.slice(0, -ending.length),
    why: isWhole ? undefined : (real[0] ?? complaints[0] ?? `it ended with code ${status}`),
  };
}
