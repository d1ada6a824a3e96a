import { createHash } from "node:crypto";

/** @param blob the key's middle part, in base64 */
export const fingerprintOf = (blob: string): string =>
  `SHA256:${createHash("sha256").update(Buffer.from(blob, "base64")).digest("base64").replace(/=+$/, "")}`;

/** Fingerprints of all public keys that a text holds, wherever in it: of what is declared. */
export const fingerprintsIn = (text: string): string[] =>
  [...text.matchAll(/(?:ssh|ecdsa)-[a-z0-9@.-]+ (AAAA[A-Za-z0-9+/]+={0,3})/g)].map((match) => fingerprintOf(match[1]!));
