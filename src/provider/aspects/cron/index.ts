import { Secret } from "../../../plugin/types.ts";
import { found as thereIs, type Answer } from "../../remote/answer.ts";
import { want } from "../../remote/question.ts";
import { ACCOUNTS, type Accounts } from "../accounts/question.ts";
import type { Aspect } from "../aspect.ts";
import { attributesOf, unusual, type KeptFile } from "../files/kept.ts";
import { DIFFERS, type FoundFile, type Texts } from "../files/texts.ts";
import { collect } from "../reading.ts";
import { plainOf, type CronShape, type Shape } from "../shape.ts";
import { cronPath, cronText, parseCron } from "./text.ts";

/** Lines of cron: a file each in /etc/cron.d. */
export const cron: Aspect = {
  files: ({ cron }) =>
    Object.entries(cron).map(([name, entry]): KeptFile => ({
      path: cronPath(name),
      content: cronText(entry),
      ...attributesOf(typeof entry === "string" ? undefined : entry.attributes),
      kind: "cron",
    })),

  look: ({ cron }) => want(ACCOUNTS, Object.keys(cron).length > 0 ? ["root", ...usersOf(cron)] : []),

  read({ cron }, told, { texts }) {
    if (Object.keys(cron).length === 0) return { found: {} };
    const accounts = told.to(ACCOUNTS);
    const { found, unknown } = collect(cron, (entry, name) => entryAt(name, entry, texts, accounts));
    const missing = usersOf(cron).filter((user) => accounts.user(user).is === "absent");
    return { found: { cron: found }, unknown, lacks: missing.map((user) => `account ${user}`) };
  },

  plan: (desired, _, { lacks }) =>
    Object.entries(desired.cron).flatMap(([name, entry]) => {
      const user = typeof entry === "string" ? undefined : entry.user;
      if (user === undefined || !lacks.includes(`account ${user}`) || user in desired.users) return [];
      return [
        {
          do: "refuse",
          reason:
            `cron["${name}"].user is ${user}, and there is no such account on this host: cron would drop the entry ` +
            `without a word. Declare it as users: { ${user}: {} }, or name one that exists`,
        },
      ];
    }),
};

const usersOf = (cron: Shape["cron"]): string[] =>
  Object.values(cron).flatMap((entry) => (typeof entry === "string" ? [] : [entry.user]));

function entryAt(
  name: string,
  declared: CronShape | string,
  texts: Texts,
  accounts: Accounts,
): Answer<CronShape | string> {
  const expected = cronText(declared);
  const answer = texts.at(cronPath(name), expected);
  if (answer.is !== "found") return answer;
  const entry = entryOf(answer.value, declared, plainOf(expected));
  if (typeof entry === "string") return thereIs(entry);
  const user = accounts.user(entry.user);
  if (user.is === "unknown") return user;
  return thereIs(user.is === "found" ? entry : { ...entry, problem: `there is no account ${entry.user}` });
}

function entryOf(file: FoundFile, declared: CronShape | string, expected: string): CronShape | string {
  const attributes = unusual(file);
  const isDeclared = typeof declared === "object" && plainOf(file.content) === expected;
  if (!isDeclared && file.content instanceof Secret) return DIFFERS;
  const entry = isDeclared
    ? { schedule: declared.schedule, user: declared.user, command: declared.command }
    : parseCron(plainOf(file.content));
  return typeof entry === "string" || attributes === undefined ? entry : { ...entry, attributes };
}
