export type PackagesStep =
  | { do: "install"; packages: string[] }
  /** Whose files the service needs: when it fails, those that are gone are named. */
  | { do: "need-packages"; packages: string[] };
