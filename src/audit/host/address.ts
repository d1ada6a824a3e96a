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

/** The longest run of zeros is left out, as addresses are written everywhere. */
function ipv6(bytes: readonly number[]): string {
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255)
    return bytes.slice(12).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
  const longest = [...groups.join(":").matchAll(/(?:^|(?<=:))0(?::0)+(?=:|$)/g)].toSorted(
    (a, b) => b[0].length - a[0].length,
  )[0];
  if (!longest) return groups.join(":");
  const text = groups.join(":");
  return (
    `${text.slice(0, longest.index).replace(/:$/, "")}::` +
    text.slice(longest.index + longest[0].length).replace(/^:/, "")
  );
}

/** Whether only the host itself reaches it. */
export const isLoopback = (address: string): boolean => address.startsWith("127.") || address === "::1";
