import { z } from "zod";
import { bundleSchema } from "../../model/bundle.ts";
import { Secret, UNKNOWN, type CheckFailure, type Properties, type Value } from "../../plugin/types.ts";
import type { Connection } from "../../transport/types.ts";
import { propertyPath } from "../aspects/path.ts";
import { withoutEmpty } from "../aspects/shape.ts";

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "must be a name of letters, digits, dots, - and _");

const connectionSchema = z.strictObject({
  address: z.string().min(1).optional(),
  port: z.int().min(1).max(65535).optional(),
  user: z.string().min(1).optional(),
  jump: z.string().min(1).optional(),
  hostKey: z
    .string()
    .regex(/^[a-z0-9@.-]+ [A-Za-z0-9+/=]+/, 'must be a public host key, such as "ssh-ed25519 AAAA…"')
    .optional(),
  bootSeconds: z.number().min(0).max(3600).optional(),
  machine: z.string().optional(),
  account: z.string().optional(),
  get jumpConnection(): z.ZodOptional<z.ZodType<Connection>> {
    return connectionSchema.optional();
  },
});

const inputsSchema = bundleSchema
  .safeExtend({
    host: name,
    service: name,
    connection: connectionSchema.default({}),
    os: z.literal("nixos").optional(),
  })
  .superRefine((inputs, context) => {
    const refuse = (path: PropertyKey[], input: unknown, message: string) =>
      context.addIssue({ code: "custom", path, input, message });
    for (const [key, { command }] of Object.entries(inputs.cron)) {
      if (command.trim() !== command) refuse(["cron", key, "command"], command, "must not start or end with a space");
    }
    if (inputs.os !== "nixos")
      for (const path of Object.keys(inputs.options))
        refuse(["options", path], undefined, "is an option of NixOS, which this host does not run");
    if (inputs.os === "nixos")
      for (const name of Object.keys(inputs.containers))
        refuse(["containers", name], undefined, "is not looked at on NixOS: declare it in options");
    if (inputs.os === "nixos")
      for (const name of Object.keys(inputs.cron))
        refuse(["cron", name], undefined, "must be a timer: NixOS has no /etc/cron.d");
    forEachText(inputs, [], (path, text) => {
      if (text.includes("\0")) refuse(path, undefined, "must be text without NUL: fleet keeps text files only");
    });
  });

/**
 * Checks inputs and fills in defaults. Values that a preview does not know yet are let through; secret values never
 * show in a reason.
 */
export function checkService(news: Properties): { inputs: Properties; failures: CheckFailure[] } {
  const sealed: Sealed[] = [];
  const opened = open(news, [], sealed);
  const misplaced = sealed
    .filter(({ original }) => original !== UNKNOWN)
    .flatMap(({ path }) => misplacedSecret(path, news.os) ?? []);
  if (misplaced.length > 0) return { inputs: news, failures: misplaced };
  const parsed = inputsSchema.safeParse(opened, { reportInput: true });
  if (parsed.success) {
    const inputs = structuredClone(parsed.data) as unknown as Properties;
    for (const { path, original } of sealed) putBack(inputs, path, original);
    return { inputs: withoutEmpty(inputs), failures: [] };
  }
  const unknown = sealed.filter(({ original }) => original === UNKNOWN).map(({ path }) => path);
  const secret = sealed.filter(({ original }) => original !== UNKNOWN).map(({ path }) => path);
  const failures = parsed.error.issues
    .filter((issue) => !unknown.some((path) => startsWith(issue.path, path)))
    .map((issue) => ({
      property: propertyPath(issue.path),
      reason: reasonOf(
        issue,
        secret.some((path) => startsWith(issue.path, path) || startsWith(path, issue.path)),
      ),
    }));
  return { inputs: news, failures };
}

/** Records are open, and everyone on a host with NixOS can read what NixOS makes. */
function misplacedSecret(path: PropertyKey[], os: Value | undefined): CheckFailure | undefined {
  const property = propertyPath(path);
  if (path[0] === "records")
    return { property, reason: "a record must hold no secret: put it into a file that the keeper reads" };
  if (
    os !== "nixos" ||
    !["units", "options", "users", "groups", "packages", "sysctl", "timeZone"].includes(String(path[0]))
  )
    return undefined;
  return {
    property,
    reason:
      `${property} is secret, and would be readable by everyone on a host with NixOS: ` +
      "keep it in a file that the unit or option names",
  };
}

function reasonOf(issue: z.core.$ZodIssue, secret: boolean): string {
  const path = propertyPath(issue.path);
  if (issue.code === "unrecognized_keys")
    return `${path || "the service"} has no ${issue.keys.join(", ")}: correct or remove it`;
  // The issues inside say more than that the key is wrong.
  const message = issue.code === "invalid_key" ? issue.issues.map((inner) => inner.message).join("; ") : issue.message;
  if (issue.code === "invalid_union" && /\.(content|text)$|dropIns/.test(path))
    return `${path} must be text with its references resolved`;
  const input =
    "input" in issue && issue.input !== undefined && !secret ? ` (found ${shorten(JSON.stringify(issue.input))})` : "";
  // The right spelling of a secret is the secret, all but a character.
  return `${path}: ${secret ? message.replace(/: write .*$/s, "") : message}${input}`;
}

const shorten = (text = "nothing"): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

interface Sealed {
  path: PropertyKey[];
  original: Secret | typeof UNKNOWN;
}

/** A plain copy: what is secret laid open, what is not known as an empty text. Remembers where both were. */
function open(value: Value | undefined, path: PropertyKey[], sealed: Sealed[]): unknown {
  if (value === UNKNOWN) {
    sealed.push({ path, original: value });
    return "";
  }
  if (value instanceof Secret) {
    sealed.push({ path, original: value });
    return open(value.value as Value, path, []);
  }
  if (Array.isArray(value)) return value.map((item, i) => open(item, [...path, i], sealed));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) =>
        item === undefined || item === null ? [] : [[key, open(item, [...path, key], sealed)]],
      ),
    );
  }
  return value;
}

function putBack(target: Properties, path: PropertyKey[], original: Secret | typeof UNKNOWN): void {
  let at: Record<PropertyKey, unknown> = target;
  for (const key of path.slice(0, -1)) at = at[key] as Record<PropertyKey, unknown>;
  const last = path.at(-1)!;
  // The defaults that were filled in inside a secret are kept.
  at[last] = original === UNKNOWN ? UNKNOWN : new Secret(at[last]);
}

function forEachText(value: unknown, path: PropertyKey[], use: (path: PropertyKey[], text: string) => void): void {
  if (typeof value === "string") use(path, value);
  else if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value)) forEachText(item, [...path, key], use);
}

const startsWith = (path: readonly PropertyKey[], prefix: readonly PropertyKey[]): boolean =>
  prefix.every((key, i) => path[i] === key);
