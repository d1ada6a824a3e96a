import { isDeepStrictEqual } from "node:util";
import { fn, quote, quoteAll } from "../../remote/sh.ts";
import { want } from "../../remote/question.ts";
import type { Answer } from "../../remote/answer.ts";
import type { Aspect } from "../aspect.ts";
import { collect, mapAnswer } from "../reading.ts";
import { only, unlessWanted, type Step } from "../steps.ts";
import type { Shape, UserShape } from "../shape.ts";
import { ACCOUNTS, type Account, type Accounts } from "./question.ts";
import type { AccountsStep, UserFields } from "./steps.ts";

/**
 * Accounts and groups. One that is no longer declared stays on the host: files may belong to its number, which another
 * account would get one day. For the same reason one that was made stays when its service is undone but something of
 * the account's is left.
 */
export const accounts: Aspect = {
  look: ({ users, groups }) =>
    Object.keys(users).length + Object.keys(groups).length > 0 ? want(ACCOUNTS, ["root", ...Object.keys(users)]) : [],

  read({ users, groups }, told) {
    if (Object.keys(users).length + Object.keys(groups).length === 0) return { found: {} };
    const all = told.to(ACCOUNTS);
    const foundGroups = collect(groups, (group, name) => mapAnswer(all.group(name), () => group));
    const foundUsers = collect(users, (user, name) => userAt(name, user, all));
    return {
      found: { groups: foundGroups.found, users: foundUsers.found },
      unknown: [...foundGroups.unknown, ...foundUsers.unknown],
    };
  },

  plan: (desired, found) => [
    ...Object.entries(desired.groups)
      .filter(([name]) => !found.groups[name])
      .map(([name, { system }]): AccountsStep => ({ do: "make-group", name, system })),
    ...Object.entries(desired.users).flatMap(([name, user]) => planUser(name, user, found.users[name])),
  ],

  apply: (plans) =>
    plans.flatMap(({ n, steps }) => {
      const lines = steps.flatMap((step) => applyLines(n, step as AccountsStep));
      return lines.length === 0
        ? []
        : [
            ...fn(`accounts_${n}`, lines),
            `run ${n} 'users or groups could not be made' accounts_${n}`,
            `ok ${n} || undo_${n}`,
          ];
    }),

  undo({ n, steps }, plans) {
    const unless = (name: string, kind: Step["do"], command: string) =>
      unlessWanted(plans, n, (step) => step.do === kind && "name" in step && step.name === name, command);
    return [
      ...only(steps, "correct-user").map(
        ({ name, was }) => `if was_made ${n} corrected ${name}; then usermod ${options(was)} ${name}; fi`,
      ),
      ...only(steps, "make-user").map((user) =>
        unless(
          user.name,
          "make-user",
          `if was_made ${n} user ${user.name} && owns_none ${user.name} ${quoteAll(placesOf(user, steps))}; ` +
            `then userdel ${user.system ? "" : "-r "}${user.name}; fi`,
        ),
      ),
      ...only(steps, "make-group").map(({ name }) =>
        unless(
          name,
          "make-group",
          `if was_made ${n} group ${name} && getent group ${name} >/dev/null && ! id ${name} >/dev/null 2>&1; ` +
            `then groupdel ${name}; fi`,
        ),
      ),
    ];
  },
};

/** Where what a program has written may lie that its rolled back service leaves. */
const placesOf = ({ name, home, system }: Extract<Step, { do: "make-user" }>, steps: readonly Step[]): string[] => [
  ...(system ? [home] : []),
  ...only(steps, "directory").flatMap(({ path, owner }) => (owner === name ? [path] : [])),
];

/**
 * What is there of an account: groups in any order and root's number, which no other account may have. A primary group
 * that is not its own counts when there is one of its own.
 */
function userAt(name: string, { system, groups }: UserShape, all: Accounts): Answer<UserShape> {
  const own = all.group(name);
  if (own.is === "unknown") return own;
  return mapAnswer(all.user(name), ({ uid, primary, home, shell }: Account): UserShape => {
    const strays = own.is === "found" && own.value.gid !== primary;
    return {
      system,
      home,
      shell,
      groups: inOrderOf(
        groups,
        all.groupsOf(name).filter((group) => group !== name || groups.includes(name)),
      ),
      ...(uid === "0" && name !== "root" && { uid: "0" as const }),
      ...(strays && { primaryGroup: all.groupOf(primary) ?? primary }),
    };
  });
}

/** `found` as it is declared when both are the same set. */
const inOrderOf = (declared: string[], found: string[]): string[] =>
  isDeepStrictEqual([...new Set(declared)].sort(), [...found].sort()) ? declared : found;

function planUser(
  name: string,
  user: UserShape,
  old: Shape["users"][string] | undefined,
): ReturnType<NonNullable<Aspect["plan"]>> {
  if (!old) return [{ do: "make-user", name, ...user }];
  if (old.uid !== undefined)
    return [
      {
        do: "refuse",
        reason:
          `users["${name}"] is root by another name on this host (uid 0), which nobody but you can put right: ` +
          `give it the number that its files belong to with "usermod -u NUMBER ${name}", then run up again`,
      },
    ];
  const wrong = (["home", "shell", "groups"] as const).filter((key) => !isDeepStrictEqual(old[key], user[key]));
  const pick = (from: UserShape): UserFields => Object.fromEntries(wrong.map((key) => [key, from[key]]));
  const strays = old.primaryGroup !== undefined;
  if (wrong.length === 0 && !strays) return [];
  return [
    {
      do: "correct-user",
      name,
      to: { ...pick(user), ...(strays && { primaryGroup: name }) },
      was: { ...pick(old), ...(strays && { primaryGroup: old.primaryGroup }) },
    },
  ];
}

/** Two services of a batch may ask for the same account: who comes second finds it. */
function applyLines(n: number, step: AccountsStep): string[] {
  switch (step.do) {
    case "make-group":
      return [
        `getent group ${step.name} >/dev/null || { groupadd ${step.system ? "--system " : ""}${step.name} && ` +
          `made ${n} group ${step.name}; }`,
      ];
    case "make-user":
      return [`getent passwd ${step.name} >/dev/null || { ${useradd(step)} && made ${n} user ${step.name}; }`];
    case "correct-user":
      return [`made ${n} corrected ${step.name}`, `usermod ${options(step.to)} ${step.name}`];
    default:
      return [];
  }
}

const options = ({ home, shell, groups, primaryGroup }: UserFields): string =>
  [
    ...(home === undefined ? [] : ["-d", quote(home)]),
    ...(shell === undefined ? [] : ["-s", quote(shell)]),
    ...(primaryGroup === undefined ? [] : ["-g", quote(primaryGroup)]),
    ...(groups === undefined ? [] : ["-G", quote(groups.join(","))]),
  ].join(" ");

/** The user's own group may exist already; the home of a system user is the business of `directories`. */
const useradd = (user: Extract<AccountsStep, { do: "make-user" }>): string =>
  `{ if getent group ${user.name} >/dev/null; then own='-g ${user.name}'; else own=-U; fi; ` +
  `useradd ${user.system ? "--system -M" : "-m"} $own ${options(user)} ${user.name}; }`;
