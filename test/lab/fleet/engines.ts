import { readdir, readFile, readlink } from "node:fs/promises";
import type { Checkout } from "./checkout.ts";

/** Engines that work for a checkout, by their process ids. */
export async function enginesOf({ root }: Checkout): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const engines = await Promise.all(
    pids.map(async (pid) => {
      const [args, cwd] = await Promise.all([
        readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""),
        readlink(`/proc/${pid}/cwd`).catch(() => ""),
      ]);
      return args.split("\0")[0]!.endsWith("pulumi") && cwd.startsWith(root) ? [Number(pid)] : [];
    }),
  );
  return engines.flat();
}
