import { ABSENT, Answers, found, type Answer } from "../../remote/answer.ts";
import { linesOf, type Question } from "../../remote/question.ts";
import { quoteAll } from "../../remote/sh.ts";

/** Of a package that is not, or not wholly, installed. */
const STATES =
  /^(?:not-installed|config-files|half-installed|unpacked|half-configured|triggers-awaited|triggers-pending) (\S+)$/;

/** Which packages are installed, by dpkg or rpm; one that is half installed is not. */
export const PACKAGES: Question<string, (name: string) => Answer<true>> = {
  ask: (names) => [
    "echo '#fleet:packages'",
    "if command -v dpkg-query >/dev/null",
    `then dpkg-query -W -f '\${db:Status-Status} \${Package}\\n' -- ${quoteAll([...new Set(names)])} 2>&1`,
    `else rpm -q --qf 'installed %{NAME}\\n' -- ${quoteAll([...new Set(names)])} 2>&1; fi`,
  ],
  read(said, names) {
    const answers = new Answers<true>(names, (name) => `package ${name}`);
    for (const line of linesOf(said, "packages") ?? []) {
      const [, there] = /^installed (\S+)$/.exec(line) ?? [];
      const [, other] = STATES.exec(line) ?? [];
      const [, missing] =
        /^dpkg-query: no packages found matching (\S+)$/.exec(line) ??
        /^package (\S+) is not installed$/.exec(line) ??
        [];
      if (there !== undefined) answers.give(there, found(true));
      else if (missing !== undefined) answers.give(missing, ABSENT);
      else if (other !== undefined) answers.give(other, ABSENT);
    }
    return (name) => answers.of(name);
  },
};
