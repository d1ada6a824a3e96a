export type TimeZoneStep =
  /** `was`: the zone before. */
  { do: "set-time-zone"; zone: string; was: string };
