/** Where the display goes: stderr, or a fake in tests. */
export interface ProgressOutput {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export interface Progress {
  /**
   * Shows `title` while `work` runs, with the time it has taken: live on a terminal, as plain lines elsewhere. A step
   * that ends within a second leaves no trace unless it fails. Steps may run side by side. `note` says what the step is
   * doing just now.
   */
  step<T>(title: string, work: (note: (text: string) => void) => Promise<T>): Promise<T>;
  /** Prints a line without disturbing the running steps. */
  say(line: string): void;
}

export interface ProgressOptions {
  /** Steps shorter than this are not worth a line. */
  quietMs?: number;
  /** How often a long step says that it is still running, where it can't be redrawn. */
  repeatMs?: number;
}

export function createProgress(out?: ProgressOutput, options?: ProgressOptions): Progress;

/** The display of this process. One only: two live displays would overwrite each other. */
export const progress: Progress;
