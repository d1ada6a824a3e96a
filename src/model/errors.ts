import { z } from "zod";

/** One thing that is wrong with a declaration. */
export interface Problem {
  /** The field, such as "services[0].name"; empty when the whole value is meant. */
  field: string;
  /** What is wrong and what to do about it. */
  message: string;
}

/** A declaration (a host, a zone, a secret …) does not fit its schema. Nothing has been touched. */
export class ModelError extends Error {
  /** What was declared, such as `host "ghost-01"`. */
  readonly what: string;
  readonly problems: readonly Problem[];
  readonly file: string | undefined;

  constructor(what: string, problems: readonly Problem[], file?: string) {
    const rows = problems.map((p) => `  ${p.field ? `${p.field}: ` : ""}${p.message}`);
    super(`${file ? `${file}: ` : ""}${what} is not valid\n${rows.join("\n")}`);
    this.name = "ModelError";
    this.what = what;
    this.problems = problems;
    this.file = file;
  }

  /** The same error, naming the file that it came from. For loaders: only they know the file. */
  in(file: string): ModelError {
    return new ModelError(this.what, this.problems, file);
  }
}

/** Parses with a schema. @throws ModelError naming each wrong field, its value and the remedy. */
export function parse<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new ModelError(what, problemsOf(parsed.error));
}

/** A zod error as problems that a person can act on. */
export const problemsOf = (error: z.ZodError): Problem[] =>
  error.issues.map((issue) => ({ field: showPath(issue.path), message: explain(issue) }));

/** A value for a message: short, on one line, whatever it is (also cyclic values and bigints). */
export function showValue(value: unknown, limit = 80): string {
  const shown = shown_(value).replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ");
  return shown.length > limit ? `${shown.slice(0, limit)}…` : shown;
}

function shown_(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "string") return JSON.stringify(value);
  // oxlint-disable-next-line typescript/no-base-to-string -- no object comes so far
  if (typeof value !== "object") return String(value);
  try {
    return JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? String(v) : v)) ?? "nothing";
  } catch {
    return Array.isArray(value) ? "a list that cannot be shown" : "an object that cannot be shown";
  }
}

const showPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((shown, key) => {
    if (typeof key === "number") return `${shown}[${key}]`;
    const name = String(key);
    if (!/^[A-Za-z_$][\w$-]*$/.test(name)) return `${shown}[${showValue(name)}]`;
    return shown ? `${shown}.${name}` : name;
  }, "");

function explain(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys")
    return (
      `unknown ${issue.keys.length > 1 ? "fields" : "field"} ${issue.keys.map((k) => showValue(k)).join(", ")}: ` +
      "check the spelling or remove it"
    );
  if (issue.code === "invalid_type" && issue.input === undefined) return `is missing: give ${article(issue.expected)}`;
  const found = "input" in issue && issue.input !== undefined ? ` (found ${showValue(issue.input)})` : "";
  const message = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return `${message}${found}`;
}

const article = (word: string): string => `${/^[aeio]/.test(word) ? "an" : "a"} ${word}`;
