import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "./output.ts";

export const INTERRUPTED = 130;
const PARENT_CHECK_MS = 500;

/** Runs work that Ctrl-C and a polite kill end gently: `signal` is aborted, and the work decides how to stop. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  process.on("SIGINT", abort).on("SIGTERM", abort);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", abort).off("SIGTERM", abort);
  }
}

/**
 * One step of an interruptible job. After an interrupt it is given time to reach its own end, so that what follows
 * finds nothing half done.
 *
 * @throws CliError with exit code 130 when the job was interrupted
 */
export async function step<T>(signal: AbortSignal, work: () => Promise<T>, graceSeconds = 20): Promise<T> {
  signal.throwIfAborted();
  const graceOver = new Promise<never>((_, reject) =>
    signal.addEventListener(
      "abort",
      () => void sleep(graceSeconds * 1000, undefined, { ref: false }).then(() => reject(interrupted())),
      { once: true },
    ),
  );
  const result = await Promise.race([work(), graceOver]).catch((error: unknown) => {
    throw signal.aborted ? interrupted() : error;
  });
  if (signal.aborted) throw interrupted();
  return result;
}

/** How a job ends that a person has interrupted. */
export const interrupted = () => new CliError("interrupted", INTERRUPTED);

/** Ends this process like a polite kill when the one that started it is gone, also after a kill -9 of that one. */
export function endWithParent(): void {
  const parent = process.ppid;
  const watch = () => process.ppid !== parent && process.kill(process.pid, "SIGTERM");
  setInterval(watch, PARENT_CHECK_MS).unref();
}
