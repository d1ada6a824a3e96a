export type PackagesStep = { do: "install"; packages: string[] };
