import { createHash } from "node:crypto";

/** Interface names have at most 15 characters (IFNAMSIZ less its closing zero). */
export const INTERFACE_NAME_LIMIT = 15;

/**
 * A short name for one stack's lab in one checkout: "fl-1a2b3c4d". Everything that the lab puts into the kernel carries
 * it, so that labs do not clash and what a dead one left behind is found again.
 */
export const labId = (repository: string, stack: string): string =>
  `fl-${createHash("sha256").update(`${repository}\0${stack}`).digest("hex").slice(0, 8)}`;

/** The name of a machine among all machines of all labs; also that of its network namespace. */
export const machineId = (lab: string, machine: string): string => `${lab}-${machine}`;

/** The switch's end of a machine's cable, named by the last number of the machine's address. */
export const portName = (index: number): string => `m${index}`;

/** @throws Error when the name can't be a host name of a machine. */
export function checkMachineName(name: string): void {
  if (!/^(?!.*\.\.)[A-Za-z0-9]([A-Za-z0-9.-]{0,48}[A-Za-z0-9])?$/.test(name)) {
    throw new Error(
      `machine name ${JSON.stringify(name)} can't be a host name: use letters, digits, "-" and ".", at most 50`,
    );
  }
}
