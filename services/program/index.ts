import { z } from "zod";
import type { BundleInput } from "../../src/model/bundle.ts";
import type { HostContext } from "../../src/model/service.ts";
import { environment, execStart } from "../../src/render/systemd.ts";
import { hardened, loosenedSchema } from "../hardening/index.ts";
import { secretPath } from "../secrets-dir/index.ts";
import { mustExist, mustRead, standInFile } from "../stand-in/index.ts";
import type { Behaviour } from "../stand-in/program.ts";
import { environmentFile, secretsSchema, variablesSchema } from "./environment.ts";

/** What a program of the owner's own is given, whether it stays or ends: services/app and services/job. */

const path = z.string().regex(/^\/[\w./-]+$/, "must be an absolute path");
const account = z.string().regex(/^[a-z_][a-z0-9_-]{0,30}$/, 'must be an account\'s name, such as "www-data"');

export const programShape = {
  /** The unit, the account and the folder under /var/lib. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, "must be a POSIX account name of lower-case letters, digits and -"),
  description: z.string(),
  /** The program, an executable file unless an interpreter runs it. */
  run: path,
  interpreter: path.optional(),
  /** What it is called with, each word taken literally. */
  arguments: z.array(z.string()).default([]),
  /** Plain variables of its environment, which everybody on the host can read. */
  environment: variablesSchema.default({}),
  /** Secrets in its environment: variable → secret("NAME"). */
  secrets: secretsSchema.default({}),
  /** Variables without which it would not do as it is told: a change is refused while the program does not name them. */
  mustRead: z.array(z.string().regex(/^[A-Z][A-Z0-9_]*$/)).default([]),
  /** An account that is there, such as "root"; one of its own, with its name, when left out. */
  account: account.optional(),
  /** The one folder that it may write to, which becomes its account's; /var/lib/NAME when left out. */
  state: path
    .regex(/^\/(?!(etc|usr|boot|var)\/[^/]+$)[^/]+\/[^/]/, 'must be a folder of its own, such as "/srv/relay"')
    .regex(
      /^\/(?!(home|root|tmp|run|dev|proc|sys|var\/tmp)\/)/,
      "must be where the program sees it: not a home, /tmp or /run",
    )
    .optional(),
  /** Above this it is killed: "512M". */
  memoryMax: z.templateLiteral([z.int().min(1), z.enum(["K", "M", "G"])], 'must be a size such as "512M"').optional(),
  /** Its share of the processors, of which each is 100 %: "150%". */
  cpuQuota: z.templateLiteral([z.int().min(1), "%"], 'must be a share such as "150%"').optional(),
  /** What the hardening leaves it all the same, each with the reason. */
  loosened: loosenedSchema,
};
const programSchema = z.strictObject(programShape);
type Program = z.output<typeof programSchema>;

/** What the arguments of a program must not be together. For `.superRefine()`. */
export function fitTogether(a: Program, context: z.RefinementCtx): void {
  const refuse = (field: PropertyKey[], message: string) =>
    context.addIssue({ code: "custom", path: field, message, input: undefined });
  for (const name of Object.keys(a.environment).filter((name) => name in a.secrets))
    refuse(["environment", name], "is among the secrets, too: leave one of them out");
  for (const field of ["run", "interpreter"] as const)
    if (/^\/(home|root)\//.test(a[field] ?? "") && a.loosened.homes === undefined)
      refuse([field], 'lies in a home, which is hidden from it: say why in loosened: { homes: "…" }');
}

const stateOf = (a: Program): string => a.state ?? `/var/lib/${a.name}`;
const secretsFile = (a: Program): string => secretPath(`${a.name}.env`);

/** Services that must be there before a program. */
export const programNeeds = (a: Program): string[] => (Object.keys(a.secrets).length > 0 ? ["secrets-dir"] : []);

/** What a program needs on its host besides its unit. */
export const programBundle = (a: Program, host: HostContext, standIn: Behaviour) =>
  ({
    users: a.account === undefined ? { [a.name]: { home: stateOf(a) } } : {},
    directories: {
      [stateOf(a)]: a.account === undefined ? { owner: a.name, group: a.name } : { owner: a.account },
    },
    files: {
      ...environmentFile(secretsFile(a), a.secrets),
      ...standInFile(host, a.run, a.name, standIn, Object.keys(a.environment)),
    },
    validations: [
      mustExist(a.run),
      ...a.mustRead.map((variable) => mustRead(a.run, variable)),
      ...(a.account === undefined ? [] : [accountExists(a.account)]),
    ],
  }) satisfies BundleInput;

/** Keys of the [Service] section of a program's unit. */
export const programService = (a: Program, more: Record<string, string> = {}) => {
  const variables = { ...more, ...a.environment };
  const command: [string, ...string[]] = [a.run, ...a.arguments];
  return {
    ExecStart: execStart(a.interpreter === undefined ? command : [a.interpreter, ...command]),
    User: a.account ?? a.name,
    ...(Object.keys(variables).length > 0 && { Environment: environment(variables) }),
    ...(Object.keys(a.secrets).length > 0 && { EnvironmentFile: secretsFile(a) }),
    MemoryMax: a.memoryMax,
    CPUQuota: a.cpuQuota,
    ...hardened({ writes: [stateOf(a)], loosened: a.loosened }),
  };
};

const accountExists = (name: string) => ({
  command: `id -u ${name} >/dev/null || { echo "there is no account ${name}: leave account out for one of its own" >&2; exit 1; }`,
});
