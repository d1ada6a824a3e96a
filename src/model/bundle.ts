import { z } from "zod";
import { clashesIn } from "./clashes.ts";
import { cronProblem } from "./schedule.ts";
import { cronNameProblem, kernelSettingProblem, kernelValue, packageProblem, pathProblem } from "./spelling.ts";
import { textSchema } from "./text.ts";

/**
 * A bundle is everything one service puts on one host, as data: the result of a service's render()
 * and, with its references resolved, the inputs of the fleet provider's `fleet:host:Service`.
 * Maps are keyed by what the machine itself uses as the key (a path, a unit name), so that a property
 * path in a diff reads like the thing it names: files["/etc/turnserver.conf"].mode.
 */

/** A text in which nothing wrong is found. */
const without = (problemOf: (text: string) => string | undefined) =>
  z.string().superRefine((text, context) => {
    const message = problemOf(text);
    if (message) context.addIssue({ code: "custom", message, input: text });
  });
const absolutePath = without(pathProblem);
/** Permission bits as four octal digits in a string, the way a diff should show them. */
export const modeSchema = z.string().regex(/^[0-7]{4}$/, 'must be four octal digits, such as "0640"');
const accountName = z.string().regex(/^[a-z_][a-z0-9_-]{0,30}$/, "must be a POSIX account name");
const unitName = z
  .string()
  .regex(
    /^[A-Za-z0-9:_.@\\-]+\.(service|timer|socket|path|mount|target)$/,
    "must be a systemd unit name with its suffix",
  );
/**
 * "services.openssh.enable"; a part that is no plain name stands in quotation marks:
 * boot.kernel.sysctl."net.ipv4.ip_forward".
 */
const optionPath = z
  .string()
  .regex(
    /^(?:[A-Za-z_][A-Za-z0-9_'-]*|"[^"\\$\n]+")(?:\.(?:[A-Za-z_][A-Za-z0-9_'-]*|"[^"\\$\n]+"))*$/,
    'must be the path of a NixOS option, such as "networking.firewall.allowedTCPPorts"',
  );
/** JSON without null, which the engine does not keep. */
type OptionValue = string | number | boolean | OptionValue[] | { [key: string]: OptionValue };
const optionValue: z.ZodType<OptionValue, OptionValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.array(optionValue), z.record(z.string(), optionValue)]),
);
const seconds = z.number().positive().max(3600);

export const fileSchema = z.strictObject({
  content: textSchema,
  mode: modeSchema.default("0644"),
  owner: accountName.default("root"),
  group: accountName.default("root"),
});

/**
 * A file that the host fetches by itself, such as a program. Only what has the declared SHA-256 ever takes its place.
 */
export const artifactSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits in lower case, as sha256sum prints them"),
  mode: modeSchema.default("0755"),
  owner: accountName.default("root"),
  group: accountName.default("root"),
});

export const directorySchema = z.strictObject({
  mode: modeSchema.default("0755"),
  owner: accountName.default("root"),
  group: accountName.default("root"),
});

/**
 * What a program keeps in a store of its own and neither a file nor a unit can say, such as a monitor of Uptime Kuma:
 * name → fields. By the path of the keeper, a program of a bundle that reads, writes and removes them there
 * (docs/services.md). Never secrets: those are files.
 */
export const recordsSchema = z.record(absolutePath, z.record(z.string().min(1), z.record(z.string(), z.json())));

export const groupSchema = z.strictObject({ system: z.boolean().default(true) });

export const userSchema = z.strictObject({
  system: z.boolean().default(true),
  home: absolutePath.default("/nonexistent"),
  shell: absolutePath.default("/usr/sbin/nologin"),
  /** Supplementary groups; the primary group is the user's own. */
  groups: z.array(accountName).default([]),
});

/**
 * A unit's declared state. `text` is the whole unit file under /etc/systemd/system; leave it out for a unit that a
 * package brings, and change such a unit by `dropIns` (name without .conf → text).
 */
export const unitSchema = z.strictObject({
  text: textSchema.optional(),
  dropIns: z.record(z.string().regex(/^[A-Za-z0-9_-]+$/), textSchema).default({}),
  enabled: z.boolean().default(true),
  active: z.boolean().default(true),
  /** What a change of the bundle's files does to the running unit. */
  onChange: z.enum(["restart", "reload", "nothing"]).default("restart"),
});

/**
 * A container as its engine is to run it, by its name; the unit of that name makes it. What is left out is the image's
 * own, and is not looked at.
 */
export const containerSchema = z.strictObject({
  engine: z.enum(["podman", "docker"]),
  /** As the engine is told it: "ghcr.io/owner/api@sha256:…". */
  image: z.string().min(1),
  command: z.array(z.string()).optional(),
  user: z.string().optional(),
  readOnly: z.boolean().default(false),
  /** Path in the container → path or volume of the host, with ":ro" where it is not written to. */
  mounts: z.record(absolutePath, z.string()).default({}),
  /** "8000/tcp" → "127.0.0.1:8000". */
  ports: z.record(z.string().regex(/^\d+\/(tcp|udp)$/), z.string()).default({}),
  /** Whether its health is looked at: by its own health command, or by a URL that must answer 2xx. */
  health: z.literal("healthy").optional(),
  healthUrl: z.url().optional(),
});

/** One line of /etc/cron.d/<name>, in the host's time zone. Five fields; @reboot and the like are refused. */
export const cronSchema = z.strictObject({
  schedule: without(cronProblem),
  user: accountName.default("root"),
  /** Whatever a shell takes; a % is escaped for cron. */
  command: z
    .string()
    .min(1)
    .regex(/^[^\n]*$/, "must be one line")
    .refine(
      (command) => !/(?<!\\)(?:\\\\)*\\%/.test(command),
      "must have no backslash before %: write % alone, it is escaped for cron",
    ),
});

/**
 * A command that must succeed before changed files go live. It runs after the new files are in place and before any
 * unit is touched; when it fails, the old files are put back and the running units never notice.
 */
export const validationSchema = z.strictObject({ command: z.string().min(1) });

const checkBase = { within: seconds.default(30) };
/**
 * A health check that runs on the host itself after a change. `within` is its deadline in seconds; until then it is
 * retried.
 */
export const checkSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("tcp"),
    address: z.string().default("127.0.0.1"),
    port: z.int().min(1).max(65535),
    ...checkBase,
  }),
  /** A UDP socket is bound to the port: UDP itself has no way to ask. */
  z.strictObject({ kind: z.literal("udp"), port: z.int().min(1).max(65535), ...checkBase }),
  z.strictObject({
    kind: z.literal("http"),
    url: z.url(),
    status: z.int().min(100).max(599).default(200),
    /** Text that the body must contain. */
    body: z.string().optional(),
    /** Sent with the request, for example Host. */
    headers: z.record(z.string(), z.string()).default({}),
    /** Accept a certificate that no authority signed; for checks over loopback. */
    insecure: z.boolean().default(false),
    ...checkBase,
  }),
  z.strictObject({ kind: z.literal("command"), command: z.string().min(1), ...checkBase }),
]);
export type Check = z.infer<typeof checkSchema>;

const parts = z.strictObject({
  packages: z.array(without(packageProblem)).default([]),
  groups: z.record(accountName, groupSchema).default({}),
  users: z.record(accountName, userSchema).default({}),
  directories: z.record(absolutePath, directorySchema).default({}),
  files: z.record(absolutePath, fileSchema).default({}),
  artifacts: z.record(absolutePath, artifactSchema).default({}),
  units: z.record(unitName, unitSchema).default({}),
  containers: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), containerSchema).default({}),
  records: recordsSchema.default({}),
  cron: z.record(without(cronNameProblem), cronSchema).default({}),
  /** Kernel settings, with dots: "net.ipv4.ip_forward". */
  sysctl: z.record(without(kernelSettingProblem), z.string().transform(kernelValue)).default({}),
  /** An IANA time zone for the whole host; at most one service of a host sets it. */
  timeZone: z.string().optional(),
  /**
   * NixOS options by their path, as JSON whose texts may have references; lists and sets of several services are
   * joined. For hosts with NixOS alone.
   */
  options: z.record(optionPath, optionValue).default({}),
  validations: z.array(validationSchema).default([]),
  checks: z.array(checkSchema).default([]),
});

/** What is in a bundle must fit together, too. Without input: a message would show the bundle, secrets and all. */
export const bundleSchema = parts.superRefine((bundle, context) => {
  for (const { field, message } of clashesIn(bundle))
    context.addIssue({ code: "custom", path: field, message, input: undefined });
});

/** What a render returns: everything may be left out that has a default. */
export type BundleInput = z.input<typeof bundleSchema>;
/** A bundle with every default in place. */
export type Bundle = z.output<typeof parts>;
