import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { copyCheckout } from "../../bench/checkout.ts";
import { fleetDir } from "../../setup/paths.ts";
import { CliError, say, sayStyle } from "../../terminal/output.ts";

export interface Said {
  stdout: string;
  stderr: string;
}

/** A copy of this repository with one fleet, for a story to edit its files and to type commands in. */
export class FleetCopy {
  readonly folder: string;
  private readonly stack: string;
  /** The command that runs. */
  private running: ChildProcess | undefined;

  constructor(stack: string) {
    this.stack = stack;
    this.folder = join(fleetDir, "demo", stack);
  }

  make = (): Promise<void> => copyCheckout(this.folder, [`hosts/${this.stack}`, `stacks/${this.stack}`]);

  /** Forgets the lab and removes the copy, if there is one. */
  async remove(): Promise<void> {
    this.running?.kill("SIGTERM");
    if (existsSync(this.folder)) await this.fleet(["lab", "down", this.stack, "--forget"]);
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Changes a file. @throws CliError when there is nothing like that in it */
  async edit(path: string, from: RegExp, to: string): Promise<void> {
    const text = await readFile(join(this.folder, path), "utf8");
    if (!from.test(text))
      throw new CliError(`${path} has no ${String(from)}: the demo does not fit the fleet any more`);
    await writeFile(join(this.folder, path), text.replace(from, to));
    say(sayStyle("dim", `   $ $EDITOR ${path}    ${to}`));
  }

  async delete(path: string): Promise<void> {
    await rm(join(this.folder, path));
    say(sayStyle("dim", `   $ rm ${path}`));
  }

  /**
   * Types a command. Its progress is shown as it comes; an interrupt is passed on, and it comes to its own end.
   * @throws CliError when it ends with another exit code than it should
   */
  async fleet(
    args: readonly string[],
    { exits = 0, signal }: { exits?: number; signal?: AbortSignal } = {},
  ): Promise<Said> {
    say(sayStyle("dim", `   $ npx fleet ${args.join(" ")}`));
    const colour = process.stderr.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: "1" } : {};
    const child = spawn(process.execPath, [join(this.folder, "src/cli/main.ts"), ...args], {
      cwd: this.folder,
      env: { ...process.env, ...colour },
      stdio: ["ignore", "pipe", "pipe"],
      // A Ctrl-C on the terminal reaches it by this process alone, once.
      detached: true,
    });
    this.running = child;
    const interrupt = () => child.kill("SIGINT");
    signal?.addEventListener("abort", interrupt);
    const said = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said.stderr += text;
      process.stderr.write(text);
    });
    const exitCode = await new Promise<number | null>((resolve, reject) =>
      child.on("error", reject).on("close", resolve),
    );
    signal?.removeEventListener("abort", interrupt);
    this.running = undefined;
    if (exitCode !== exits)
      throw new CliError(`fleet ${args.join(" ")} should end with ${exits}, and ended with ${exitCode}`);
    return said;
  }
}
