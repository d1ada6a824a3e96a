import { UnreachableError } from "../transport/types.ts";

/** Whether a machine ("hcloud:server/web") is not there any more, as its provider says. */
export type IsGone = (machine: string | undefined) => Promise<boolean>;

export interface Removal {
  urn: string;
  /** What is removed, for the person who has to forget it: "the service". */
  what: string;
  machine: string | undefined;
  isGone?: IsGone;
}

/**
 * Removes something from a host. Nothing is left to be removed, and nothing returned, when the host cannot be reached
 * because it is gone.
 * @throws UnreachableError's reason, with the way to forget what is removed, when the host may still be there
 */
export async function unlessGone<T>(
  { urn, what, machine, isGone }: Removal,
  remove: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await remove();
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    if (await isGone?.(machine)) return undefined;
    throw new Error(
      `${error.message}. If the host is gone for good, forget ${what} with: pulumi state delete '${urn}'`,
      { cause: error },
    );
  }
}
