import { BlockList, isIP, isIPv4 } from "node:net";

/** An IPv4 network as a range of numbers. */
export interface Network4 {
  first: number;
  last: number;
  bits: number;
}

/** @returns undefined unless it is an IPv4 network whose host bits are zero. */
export function parseNetwork4(text: string): Network4 | undefined {
  const [address = "", suffix = ""] = text.split("/", 2);
  const bits = Number(suffix);
  if (!isIPv4(address) || !/^\d{1,2}$/.test(suffix) || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const first = toNumber(address);
  return first % size === 0 ? { first, last: first + size - 1, bits } : undefined;
}

export const toNumber = (address: string): number =>
  address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
export const toAddress = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");

export const contains = (outer: Network4, inner: Network4): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;
export const overlap = (a: Network4, b: Network4): boolean => a.first <= b.last && b.first <= a.last;

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map((text) => parseNetwork4(text) as Network4);
export const isPrivate = (network: Network4): boolean => PRIVATE.some((range) => contains(range, network));

/** Whether an address, IPv4 or IPv6, is the given one or lies in the given network. */
export function addressWithin(address: string, within: string): boolean {
  const family = isIP(address);
  const [base = "", bits] = within.split("/");
  if (family === 0 || isIP(base) !== family) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(bits ?? (family === 4 ? 32 : 128)), family === 4 ? "ipv4" : "ipv6");
  return list.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** Whether it is a network of either family without host bits, as firewall rules need it. */
export function isNetwork(text: string): boolean {
  const [base = "", bits = "", rest] = text.split("/");
  if (rest !== undefined || !/^\d{1,3}$/.test(bits)) return false;
  if (isIPv4(base)) return parseNetwork4(text) !== undefined;
  return isIP(base) === 6 && Number(bits) <= 128;
}
