import { readlinkSync } from "node:fs";
import { findProcesses } from "../../../src/lab/machines/processes.ts";
import type { Checkout } from "./checkout.ts";

/**
 * Processes that work in a checkout, or with something of it. Looked at one by one: with many machines on this computer
 * there are more of them than files may be open, and one that can't be read must not be taken for another.
 */
export const processesIn = ({ root }: Pick<Checkout, "root">): { pid: number; args: string[]; cwd: string }[] =>
  findProcesses((args) => args)
    .map(({ pid, found }) => ({ pid, args: found, cwd: workingFolder(pid) }))
    .filter(({ args, cwd }) => cwd.startsWith(root) || args.some((arg) => arg.startsWith(root)));

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ""; // It has ended meanwhile.
  }
}

/** Engines that work for a checkout, by their process ids. */
export const enginesOf = (checkout: Checkout): number[] =>
  processesIn(checkout)
    .filter(({ args, cwd }) => args[0]!.endsWith("pulumi") && cwd.startsWith(checkout.root))
    .map(({ pid }) => pid);
