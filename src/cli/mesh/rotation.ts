import type { PublicKeys } from "../../provider/mesh/key-script.ts";

/** A host's line in the list of one of its peers. */
export interface Listed {
  key: string;
  /** Empty unless the host gets a new key. */
  next: string;
}

/**
 * How far the change of a host's key is: its peers do not know a next key yet; they do, and the host may switch to it;
 * it has switched, and they may forget the old one. It is told by what is on the machines alone, so that whoever was
 * interrupted goes on where it was.
 */
export type Stage = "announce" | "switch" | "forget";

/** @param lists the host's line at each of its peers */
export function stageOf({ publicKey, nextPublicKey }: PublicKeys, lists: readonly Listed[]): Stage {
  if (lists.some(({ next }) => next === publicKey)) return "forget";
  const known = ({ key, next }: Listed) => key === publicKey && next !== "" && next === nextPublicKey;
  return lists.length > 0 && lists.every(known) ? "switch" : "announce";
}

/** Reads a host's list of peers (services/wireguard): by name, their lines. */
export const readPeers = (text: string): Map<string, Listed> =>
  new Map(
    text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const [name = "", , , key = "", next = ""] = line.split(" ");
        return [name, { key, next }];
      }),
  );
