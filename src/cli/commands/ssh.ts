import { spawn } from "node:child_process";
import { sshArguments } from "../ssh-arguments.ts";
import { openStack } from "../../deploy/stack.ts";

/** Logs in to a host, or runs a command there. Ends as ssh ends. */
export async function ssh(name: string, host: string, command: string[], options: { lab?: boolean }): Promise<void> {
  const stack = await openStack(name, options);
  const child = spawn("ssh", [...(await sshArguments(stack, host)), ...command], { stdio: "inherit" });
  process.exitCode = await new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? 1)));
}
