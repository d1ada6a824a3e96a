import { ABSENT, found, unknown, type Answer } from "../../remote/answer.ts";
import { linesOf, type Question } from "../../remote/question.ts";
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
    "echo '#fleet:group'; getent group",
  ],
  read(said) {
    const users = tableOf(linesOf(said, "passwd"), 7);
    const groups = tableOf(linesOf(said, "group"), 4);
    const groupOf = (gid: string) => [...(groups ?? [])].find(([, fields]) => fields[2] === gid)?.[0];
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
          .filter(([, [, , , members = ""]]) => members.split(",").includes(user))
          .map(([name]) => name)
          .sort(),
      groupOf,
    };
  },
};

/** By name; undefined when it is no whole list. */
function tableOf(lines: string[] | undefined, fields: number): Map<string, string[]> | undefined {
  const rows = (lines ?? []).filter((line) => line !== "").map((line) => line.split(":"));
  const table = new Map(rows.map((row) => [row[0]!, row]));
  const isWhole = rows.every((row) => row.length === fields) && table.get("root")?.[2] === "0";
  return isWhole ? table : undefined;
}

function answerOf<T>(
  table: Map<string, string[]> | undefined,
  name: string,
  what: string,
  to: (row: string[]) => T,
): Answer<T> {
  if (!table) return unknown(`${what} ${name}: the host did not tell its ${what}s`);
  const row = table.get(name);
  return row ? found(to(row)) : ABSENT;
}
