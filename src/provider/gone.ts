import { UnreachableError, type Connection } from "../transport/types.ts";

/**
 * Whether a machine ("hcloud:server/web") is not there any more, as its provider says to a token that is shown to be
 * for the machine's own account (Connection.account).
 * @throws Error why that can't be told
 */
export type IsGone = (machine: string | undefined, account: string | undefined) => Promise<boolean>;

export interface Removal {
  urn: string;
  /** What is removed, for the person who has to forget it: "the service". */
  what: string;
  connection: Connection;
  isGone?: IsGone;
}

/**
 * Removes something from a host. Nothing is left to be removed, and nothing returned, when the host cannot be reached
 * because it is gone.
 * @throws UnreachableError's reason, with the way to forget what is removed, when the host may still be there
 */
export async function unlessGone<T>(
  { urn, what, connection: { machine, account }, isGone }: Removal,
  remove: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await remove();
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    const doubt = await isGone?.(machine, account).then(
      (gone) => (gone ? undefined : ""),
      (reason: Error) => `. Whether its machine is gone cannot be told: ${reason.message}`,
    );
    if (isGone && doubt === undefined) return undefined;
    throw new Error(
      `${error.message}${doubt ?? ""}. If the host is gone for good, forget ${what} with: pulumi state delete '${urn}'`,
      { cause: error },
    );
  }
}
