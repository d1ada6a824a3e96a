import { Address4 } from "ip-address";

/**
 * Subnets of labs: 10.x.y.0/24, written "10.x.y". The lab's host side has .1, machines have .2 to .252, the edge
 * of Cloudflare has .253, and the authority for certificates .254.
 */
export const GATEWAY = 1;
const FIRST_MACHINE = 2;
const LAST_MACHINE = 252;
export const EDGE = 253;
export const AUTHORITY = 254;

export const addressIn = (subnet: string, index: number): string => `${subnet}.${index}`;

/** The lowest free number for a machine. @throws Error when the subnet is full. */
export function freeIndex(taken: Iterable<number>): number {
  const used = new Set(taken);
  for (let index = FIRST_MACHINE; index <= LAST_MACHINE; index++) if (!used.has(index)) return index;
  throw new Error(
    `a lab has room for ${LAST_MACHINE - FIRST_MACHINE + 1} machines: ` +
      `remove some with \`fleet lab down <stack> --forget\``,
  );
}

/**
 * A subnet that overlaps no route of this machine: `preferred` if it is free, else the first free one, looked for from
 * a place that differs from lab to lab.
 * @param routes destinations as `ip route` shows them: "10.1.0.0/16", "192.0.2.7", "default"
 */
export function freeSubnet(routes: string[], seed: number, preferred?: string): string {
  // A default route overlaps everything and means nothing here.
  const taken = routes.filter((route) => Address4.isValid(route) && !route.endsWith("/0")).map((r) => new Address4(r));
  const isFree = (subnet: string) => {
    const wanted = new Address4(`${subnet}.0/24`);
    return !taken.some((route) => route.isInSubnet(wanted) || wanted.isInSubnet(route));
  };
  if (preferred && isFree(preferred)) return preferred;
  for (let i = 0; i < 65536; i++) {
    const n = (seed + i) % 65536;
    const subnet = `10.${n >> 8}.${n & 255}`;
    if (isFree(subnet)) return subnet;
  }
  throw new Error("no /24 of 10.0.0.0/8 is free of this machine's routes (see `ip route`): the lab needs one");
}
