import { ABSENT, found, unknown, type Answer } from "../../remote/answer.ts";
import { linesOf, type Question, type Said } from "../../remote/question.ts";
import { quoteAll } from "../../remote/sh.ts";

export interface Account {
  uid: string;
  /** By number: its name is in the groups. */
  primary: string;
  home: string;
  shell: string;
}

export interface Accounts {
  user(name: string): Answer<Account>;
  /** Its number and its members. */
  group(name: string): Answer<{ gid: string; members: string[] }>;
  /** The groups that name an account as a member, sorted; and the name of a group by its number. */
  groupsOf(user: string): string[];
  groupOf(gid: string): string | undefined;
}

/**
 * Accounts by their names, and all groups. Root is asked for beside them: an answer without it says nothing of the
 * others either.
 */
export const ACCOUNTS: Question<string, Accounts> = {
  ask: (names) => [
    `echo '#fleet:passwd'; getent passwd -- ${quoteAll([...new Set(["root", ...names])])}`,
    // 2: some of them are not there
    "case $? in 0 | 2) echo '#fleet:passwd-end' ;; esac",
    "echo '#fleet:group'; getent group && echo '#fleet:group-end'",
  ],
  read(said) {
    const users = tableOf(said, "passwd", 7);
    const groups = tableOf(said, "group", 4);
    const groupOf = (gid: string) => [...(groups ?? [])].find(([, rows]) => rows.some((row) => row[2] === gid))?.[0];
    return {
      user: (name) =>
        answerOf(users, name, "account", ([, , uid = "", primary = "", , home = "", shell = ""]) => ({
          uid,
          primary,
          home,
          shell,
        })),
      group: (name) =>
        answerOf(groups, name, "group", ([, , gid = "", members = ""]) => ({
          gid,
          members: members.split(",").filter(Boolean),
        })),
      groupsOf: (user) =>
        [...(groups ?? [])]
          .filter(([, rows]) => rows.some((row) => row[3]!.split(",").includes(user)))
          .map(([name]) => name)
          .sort(),
      groupOf,
    };
  },
};

/** The lines of each name; undefined when it is no whole list. */
function tableOf(said: Said, name: string, fields: number): Map<string, string[][]> | undefined {
  const rows = (linesOf(said, name) ?? []).filter((line) => line !== "").map((line) => line.split(":"));
  const table = Map.groupBy(rows, ([key]) => key!);
  const isWhole = said.get(name)?.length === 1 && said.get(`${name}-end`)?.length === 1;
  return isWhole && rows.every(({ length }) => length === fields) && table.get("root")?.[0]?.[2] === "0"
    ? table
    : undefined;
}

function answerOf<T>(
  table: Map<string, string[][]> | undefined,
  name: string,
  what: string,
  to: (row: string[]) => T,
): Answer<T> {
  if (!table) return unknown(`${what} ${name}: the host did not tell its ${what}s`);
  const rows = table.get(name) ?? [];
  if (new Set(rows.map(String)).size > 1) return unknown(`${what} ${name}: the host gave two answers`);
  return rows[0] ? found(to(rows[0])) : ABSENT;
}
