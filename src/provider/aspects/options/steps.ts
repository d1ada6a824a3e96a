export type OptionsStep =
  /** Builds and activates the system with this data of the service (none: without the service). */
  { do: "switch"; service: string; data: string | undefined };
