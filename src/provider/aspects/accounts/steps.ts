import type { UserShape } from "../shape.ts";

/** What of an account can be wrong. */
export type UserFields = Partial<Pick<UserShape, "home" | "shell" | "groups">> & { primaryGroup?: string };

export type AccountsStep =
  | { do: "make-group"; name: string; system: boolean }
  | { do: "make-user"; name: string; system: boolean; home: string; shell: string; groups: string[] }
  /** Only what is wrong is named; `was` is what it was. */
  | { do: "correct-user"; name: string; to: UserFields; was: UserFields };
