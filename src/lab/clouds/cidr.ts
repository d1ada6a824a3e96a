import { Address4, Address6 } from "ip-address";

/** @returns undefined unless it is an IPv4 network whose host bits are zero. */
export function parseNetwork4(text: string): Address4 | undefined {
  if (!text.includes("/") || !Address4.isValid(text)) return undefined;
  const network = new Address4(text);
  return network.bigInt() === network.startAddress().bigInt() ? network : undefined;
}

export const overlap = (a: Address4, b: Address4): boolean => a.isInSubnet(b) || b.isInSubnet(a);

/** Whether an address, IPv4 or IPv6, is the given one or lies in the given network. */
export function addressWithin(address: string, within: string): boolean {
  const [Address] = [Address4, Address6].filter((family) => family.isValid(address) && family.isValid(within));
  return Address !== undefined && new Address(address).isInSubnet(new Address(within));
}

/** Whether it is a network of either family, as firewall rules need it; one of IPv4 without host bits. */
export const isNetwork = (text: string): boolean =>
  parseNetwork4(text) !== undefined || (text.includes("/") && Address6.isValid(text));
