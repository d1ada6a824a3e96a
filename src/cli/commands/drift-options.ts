export type DriftFormat = "text" | "json" | "markdown" | "junit" | "sarif";

/** What `fleet drift` is asked for. */
export interface DriftCommandOptions {
  lab?: boolean;
  format: DriftFormat;
  only?: string;
  since?: string;
  fix?: boolean;
  yes?: boolean;
  notify?: boolean;
  notified?: string;
}
