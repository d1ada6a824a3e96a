import { readdirSync, readFileSync, readlinkSync } from "node:fs";
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

/** All that a process has started, and what that has started: not the lab's daemon, which another command began. */
export function descendantsOf(pid: number): number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const);
  const below = (parent: number): number[] =>
    parents.flatMap(([child, its]) => (its === parent ? [child, ...below(child)] : []));
  return below(pid);
}

function parentOf(pid: string): number {
  try {
    return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return NaN; // It has ended meanwhile.
  }
}

/** Engines that work for a checkout, by their process ids. */
export const enginesOf = (checkout: Checkout): number[] =>
  processesIn(checkout)
    .filter(({ args, cwd }) => args[0]!.endsWith("pulumi") && cwd.startsWith(checkout.root))
    .map(({ pid }) => pid);
