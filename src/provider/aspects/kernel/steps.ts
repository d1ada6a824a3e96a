export type KernelStep =
  /** `was`: the value before. */
  { do: "set-kernel"; key: string; value: string; was: string };
