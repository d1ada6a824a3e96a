import { createHash, createHmac, randomBytes } from "node:crypto";

/** Just enough of STUN (RFC 8489) and TURN (RFC 8656) to ask for an allocation and a permission. */

export const METHOD = { allocate: 0x003, refresh: 0x004, createPermission: 0x008 } as const;
export type Method = (typeof METHOD)[keyof typeof METHOD];
export type MessageClass = "request" | "success" | "error";
const CLASS_BITS: Record<MessageClass, number> = { request: 0x000, success: 0x100, error: 0x110 };

export const ATTRIBUTE = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedTransport: 0x0019,
} as const;

export interface Message {
  /** Chosen by the client: an answer carries that of its request. */
  transaction: Buffer;
  method: number;
  class: MessageClass;
  attributes: Map<number, Buffer>;
}

const MAGIC = Buffer.from("2112a442", "hex");
const HEADER = 20;

/** A request with its attributes in order; `key` adds a message integrity at its end. */
export function encodeRequest(
  method: Method,
  attributes: readonly (readonly [number, Buffer])[],
  key?: Buffer,
): Buffer {
  const body = Buffer.concat(attributes.map(([type, value]) => encodeAttribute(type, value)));
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(method | CLASS_BITS.request, 0);
  MAGIC.copy(header, 4);
  randomBytes(12).copy(header, 8);
  // The integrity is computed over a header whose length already counts it (RFC 8489, 14.5): 4 bytes of header and 20
  // of HMAC.
  header.writeUInt16BE(body.length + (key ? 24 : 0), 2);
  if (!key) return Buffer.concat([header, body]);
  const integrity = createHmac("sha1", key).update(header).update(body).digest();
  return Buffer.concat([header, body, encodeAttribute(ATTRIBUTE.messageIntegrity, integrity)]);
}

/** @returns undefined when the bytes are no STUN message. */
export function decodeMessage(bytes: Buffer): Message | undefined {
  if (bytes.length < HEADER || !bytes.subarray(4, 8).equals(MAGIC)) return undefined;
  const type = bytes.readUInt16BE(0);
  const found = (Object.keys(CLASS_BITS) as MessageClass[]).find((name) => (type & 0x110) === CLASS_BITS[name]);
  const attributes = new Map<number, Buffer>();
  for (let at = HEADER; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 2);
    attributes.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return { transaction: transactionOf(bytes), method: type & ~0x110, class: found ?? "error", attributes };
}

/** The 96 bits that tie an answer to its request. */
export const transactionOf = (bytes: Buffer): Buffer => bytes.subarray(8, HEADER);

/** The code of an error answer: 401 without credentials, 403 forbidden, 437, 438, 486 … (RFC 8656, section 19). */
export function errorCode(message: Message): number | undefined {
  const value = message.attributes.get(ATTRIBUTE.errorCode);
  return value && value.length >= 4 ? (value[2]! & 0x07) * 100 + value[3]! : undefined;
}

/** An IPv4 address hidden with the magic cookie (RFC 8489, 14.2). The port is not looked at by CreatePermission. */
export function xorAddress(ipv4: string): Buffer {
  const octets = ipv4.split(".").map((octet, i) => Number(octet) ^ MAGIC[i]!);
  return Buffer.from([0, 1, MAGIC[0]!, MAGIC[1]!, ...octets]);
}

/** Long-term credential key (RFC 8489, 9.2.2). */
export const credentialKey = (user: string, realm: string, password: string): Buffer =>
  createHash("md5").update(`${user}:${realm}:${password}`).digest();

/**
 * Time-limited credentials of coturn's `use-auth-secret`: the user names the second they expire at, the password is its
 * HMAC-SHA1.
 */
export function timeLimitedCredentials(
  secret: string,
  user: string,
  expiresAt: number,
): { user: string; password: string } {
  const name = `${expiresAt}:${user}`;
  return { user: name, password: createHmac("sha1", secret).update(name).digest("base64") };
}

function encodeAttribute(type: number, value: Buffer): Buffer {
  const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  padded.writeUInt16BE(type, 0);
  padded.writeUInt16BE(value.length, 2);
  value.copy(padded, 4);
  return padded;
}
