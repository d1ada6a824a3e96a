import { isDeepStrictEqual } from "node:util";
import type { Inputs, Kind } from "./kind.ts";
import { kinds } from "./vendors.ts";

/** Properties as they are to be sent: in the spelling in which they stand already, where that means the same. */
export function asWritten(kind: Kind, args: Inputs, written: Inputs = {}): Inputs {
  const same = Object.keys(written).filter(
    (name) => name in args && means(kind, args, name, args[name], written[name]),
  );
  return { ...args, ...Object.fromEntries(same.map((name) => [name, written[name]])) };
}

/**
 * Whether two values of a property are the same for what has it: another spelling is no difference.
 * @param path "content", "data.target"
 */
export function isSameSpelling(
  resource: { type: string; inputs?: Inputs },
  { path, declared, found }: { path: string; declared: unknown; found: unknown },
): boolean {
  const kind = kinds.find(({ token }) => token === resource.type);
  const [top = "", field] = path.split(".");
  if (!kind) return false;
  const whole = resource.inputs?.[top];
  const put = (value: unknown) =>
    field === undefined ? value : { ...(typeof whole === "object" && whole), [field]: value };
  return means(kind, resource.inputs ?? {}, top, put(declared), put(found));
}

function means(kind: Kind, inputs: Inputs, name: string, one: unknown, other: unknown): boolean {
  const form = kind.canonical?.[name];
  return (
    form !== undefined && isPlain(one) && isPlain(other) && isDeepStrictEqual(form(one, inputs), form(other, inputs))
  );
}

/** What the program learns only while it runs is nothing to compare. */
const isPlain = (value: unknown): boolean =>
  typeof value === "string" ||
  (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype);
