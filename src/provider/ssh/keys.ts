import { generateKeyPairSync, randomBytes } from "node:crypto";

export interface SshKeyPair {
  /** "ssh-ed25519 AAAA… COMMENT" */
  publicKey: string;
  /** OpenSSH's own format (PROTOCOL.key), without a passphrase. */
  privateKey: string;
}

const TYPE = "ssh-ed25519";
const LABEL = "OPENSSH PRIVATE KEY";
/** What a cipher of "none" pads to. */
const BLOCK = 8;

/** A new ed25519 key pair, made in memory. */
export function makeKeyPair(comment: string): SshKeyPair {
  const { d, x } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const seed = Buffer.from(d!, "base64url");
  const point = Buffer.from(x!, "base64url");
  const publicBlob = Buffer.concat([field(TYPE), field(point)]);
  const check = randomBytes(4);
  const secret = pad(
    Buffer.concat([check, check, field(TYPE), field(point), field(Buffer.concat([seed, point])), field(comment)]),
  );
  const file = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    field("none"),
    field("none"),
    field(""),
    uint32(1),
    field(publicBlob),
    field(secret),
  ]);
  const lines = file.toString("base64").match(/.{1,70}/g)!;
  return {
    publicKey: `${TYPE} ${publicBlob.toString("base64")} ${comment}`,
    privateKey: [`-----BEGIN ${LABEL}-----`, ...lines, `-----END ${LABEL}-----`, ""].join("\n"),
  };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function pad(bytes: Buffer): Buffer {
  const missing = (BLOCK - (bytes.length % BLOCK)) % BLOCK;
  return Buffer.concat([bytes, Buffer.from(Array.from({ length: missing }, (_, i) => i + 1))]);
}
