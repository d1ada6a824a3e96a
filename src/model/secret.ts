import { z } from "zod";
import { parse, showValue } from "./errors.ts";
import { statusSchema } from "./status.ts";

const length = z.int().min(1).max(4096);

/** What a secret's value looks like. `length` counts characters. */
export const secretFormatSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("hex"), length }),
  z.strictObject({ kind: z.literal("base64"), /** Bytes before encoding. */ bytes: length }),
  /** Letters, digits, - and _, at least so long, perhaps after a fixed prefix. */
  z.strictObject({ kind: z.literal("token"), minLength: length.default(16), prefix: z.string().default("") }),
  z.strictObject({ kind: z.literal("uuid") }),
  /** A key or certificate in PEM; `label` as in its first line, such as "PRIVATE KEY". */
  z.strictObject({ kind: z.literal("pem"), label: z.string().default("PRIVATE KEY") }),
  z.strictObject({ kind: z.literal("json") }),
  z.strictObject({ kind: z.literal("url"), scheme: z.string() }),
  /** Anything else that is not empty; say in `describe` what it is. */
  z.strictObject({ kind: z.literal("text"), describe: z.string().min(1) }),
]);
export type SecretFormat = z.output<typeof secretFormatSchema>;

export const secretSpecSchema = z.strictObject({
  /** The name that references use: secret("TURN_SECRET"). */
  name: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'must be capitals, digits and _, such as "TURN_SECRET"'),
  format: secretFormatSchema,
  /** Where it is used, for a reader: "coturn on ghost-01". */
  usedBy: z.array(z.string().min(1)).min(1),
  /** How to make or get one: "openssl rand -hex 32". */
  make: z.string().min(1),
  status: statusSchema,
  note: z.string().optional(),
});
/** A secret of the fleet: everything about it but its value. */
export type SecretSpec = z.output<typeof secretSpecSchema>;

/** Declares a secret. Every secret("NAME") of the fleet must be declared so. @throws ModelError */
export const declareSecret = (input: z.input<typeof secretSpecSchema>): SecretSpec =>
  parse(secretSpecSchema, input, `secret ${showValue(input?.name)}`);

/** What a value must look like, in words: "64 hexadecimal digits". */
export function describeFormat(format: SecretFormat): string {
  switch (format.kind) {
    case "hex":
      return `${format.length} hexadecimal digits`;
    case "base64":
      return `${format.bytes} bytes in base64`;
    case "token":
      return (
        (format.prefix ? `"${format.prefix}" and then ` : "") + `at least ${format.minLength} letters, digits, - or _`
      );
    case "uuid":
      return "a UUID";
    case "pem":
      return `PEM text that begins with ${pemLine("BEGIN", format.label)}`;
    case "json":
      return "a JSON document";
    case "url":
      return `a URL that begins with ${format.scheme}:`;
    case "text":
      return format.describe;
  }
}

/** Checks a value against the declaration. @returns what is wrong, never showing the value; undefined when it fits. */
export const checkSecret = (spec: SecretSpec, value: string): string | undefined =>
  fits(spec.format, value)
    ? undefined
    : `${spec.name} has the wrong format: expected ${describeFormat(spec.format)}, found ${value.length} ` +
      `characters. To make one: ${spec.make}`;

function fits(format: SecretFormat, value: string): boolean {
  switch (format.kind) {
    case "hex":
      return value.length === format.length && /^[0-9a-fA-F]+$/.test(value);
    case "base64":
      return (
        /^[A-Za-z0-9+/]+={0,2}$/.test(value) && Math.floor((value.replace(/=+$/, "").length * 3) / 4) === format.bytes
      );
    case "token":
      return (
        value.startsWith(format.prefix) &&
        value.length >= format.prefix.length + format.minLength &&
        /^[\w-]+$/.test(value.slice(format.prefix.length))
      );
    case "uuid":
      return z.uuid().safeParse(value).success;
    case "pem":
      return value.startsWith(pemLine("BEGIN", format.label)) && value.trimEnd().endsWith(pemLine("END", format.label));
    case "json":
      return isJson(value);
    case "url":
      return value.startsWith(`${format.scheme}:`) && URL.canParse(value);
    case "text":
      return value.trim() !== "";
  }
}

/** Makes up a value of the right format, for labs. `random` gives so many random bytes. */
export function inventSecret(spec: SecretSpec, random: (bytes: number) => Uint8Array): string {
  const hex = (length: number) =>
    Buffer.from(random(Math.ceil(length / 2)))
      .toString("hex")
      .slice(0, length);
  const { format } = spec;
  switch (format.kind) {
    case "hex":
      return hex(format.length);
    case "base64":
      return Buffer.from(random(format.bytes)).toString("base64");
    case "token":
      return format.prefix + hex(format.minLength);
    case "uuid":
      return hex(32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
    case "pem":
      return (
        `${pemLine("BEGIN", format.label)}\n${Buffer.from(random(48)).toString("base64")}\n` +
        `${pemLine("END", format.label)}\n`
      );
    case "json":
      return JSON.stringify({ lab: hex(32) });
    case "url":
      return `${format.scheme}://lab:${hex(32)}@localhost/lab`;
    case "text":
      return hex(32);
  }
}

const pemLine = (edge: "BEGIN" | "END", label: string): string => `-----${edge} ${label}-----`;

const isJson = (value: string): boolean => {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
};
