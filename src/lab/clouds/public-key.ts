import { createHash } from "node:crypto";

/** The MD5 fingerprint of an OpenSSH public key in pairs, as clouds show it; nothing when it is none. */
export function fingerprintOf(publicKey: string): string | undefined {
  const [type = "", blob = ""] = publicKey.trim().split(/\s+/);
  const bytes = Buffer.from(blob, "base64");
  const named = bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString() : "";
  if (type === "" || named !== type) return undefined;
  return (createHash("md5").update(bytes).digest("hex").match(/../g) ?? []).join(":");
}
