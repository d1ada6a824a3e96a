/** A value chosen by us because the owner's document leaves it open, with the reason. */
export class Assumed<T> {
  readonly value: T;
  readonly why: string;
  constructor(value: T, why: string) {
    this.value = value;
    this.why = why;
  }
}

/**
 * Marks a default that the owner's document leaves open: `os: assumed("debian", "the document names no OS")`.
 * The value is used like any other; the note is kept, so that `fleet` and the docs can list it.
 */
export const assumed = <T extends string | number | boolean | object>(value: T, why: string): Assumed<T> =>
  new Assumed(value, why);

/** Arguments of which each field may be given as assumed(). */
export type Open<T> = { [K in keyof T]: T[K] | Assumed<Exclude<T[K], undefined>> };

/** One open setting, as `fleet` prints it. */
export interface Assumption {
  field: string;
  value: unknown;
  why: string;
}

/** Takes the notes off: the plain arguments, and what was assumed about them. Anything but an object passes through. */
export function settle(args: unknown): { value: unknown; assumptions: Assumption[] } {
  if (args instanceof Assumed)
    return { value: args.value, assumptions: [{ field: "", value: args.value, why: args.why }] };
  if (typeof args !== "object" || args === null || Array.isArray(args)) return { value: args, assumptions: [] };
  const assumptions: Assumption[] = [];
  const entries = Object.entries(args as Record<string, unknown>).map(([field, value]) => {
    if (!(value instanceof Assumed)) return [field, value] as const;
    const { value: chosen, why } = value as Assumed<unknown>;
    assumptions.push({ field, value: chosen, why });
    return [field, chosen] as const;
  });
  return { value: Object.fromEntries(entries), assumptions };
}
