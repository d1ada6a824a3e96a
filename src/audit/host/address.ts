import { Address6 } from "ip-address";

/**
 * An address and port as in /proc/net/tcp: the address in words of the machine's own byte order, little-endian on all
 * that fleets run on.
 */
export function readAddress(hex: string): { address: string; port: number } | undefined {
  const [, words, port] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(hex) ?? [];
  if (words === undefined) return undefined;
  const bytes = words.match(/.{8}/g)!.flatMap((word) =>
    word
      .match(/../g)!
      .reverse()
      .map((byte) => parseInt(byte, 16)),
  );
  return { address: bytes.length === 4 ? bytes.join(".") : ipv6(bytes), port: parseInt(port!, 16) };
}

/** As addresses are written everywhere, and an IPv4 one inside an IPv6 one as IPv4. */
function ipv6(bytes: number[]): string {
  const address = Address6.fromUnsignedByteArray(bytes);
  return (address.isMapped4() ? address.to4() : address).correctForm();
}

/** Whether only the host itself reaches it. */
export const isLoopback = (address: string): boolean => address.startsWith("127.") || address === "::1";
