import type { Command } from "commander";
import type { FaultOptions } from "./commands/lab.ts";

/** What can be done to a lab itself: `fleet lab …`. */
export function addLabCommands(lab: Command): void {
  lab.description("local clouds and real local machines for a fleet (Linux, root)");
  const labCommand = (name: string, summary: string) => lab.command(name).description(summary).argument("<stack>");
  labCommand("up", "start the clouds and boot the machines that exist before the first `up`").action(
    async (stack: string) => (await import("./commands/lab.ts")).up(stack),
  );
  labCommand("down", "stop everything; what is stored stays for the next `lab up`")
    .option("--forget", "delete what is stored too")
    .action(async (stack: string, options: { forget?: boolean }) =>
      (await import("./commands/lab.ts")).down(stack, options),
    );
  labCommand("save", "keep the lab as it is now under a name: machines, clouds, state and secrets")
    .argument("<name>")
    .option("--replace", "in the place of a snapshot of this name")
    .action(async (stack: string, name: string, options: { replace?: boolean }) =>
      (await import("./commands/lab-snapshots.ts")).save(stack, name, options),
    );
  labCommand("load", "put the lab back to where it was saved, whatever became of it since")
    .argument("<name>")
    .action(async (stack: string, name: string) => (await import("./commands/lab-snapshots.ts")).load(stack, name));
  labCommand("snapshots", "list what was saved")
    .option("--remove <name>", "delete this one instead")
    .option("--json", "as JSON")
    .action(async (stack: string, options: { remove?: string; json?: boolean }) =>
      (await import("./commands/lab-snapshots.ts")).snapshots(stack, options),
    );
  labCommand("status", "where the clouds and machines are")
    .option("--json", "as JSON")
    .action(async (stack: string, options: { json?: boolean }) =>
      (await import("./commands/lab.ts")).status(stack, options),
    );
  labCommand("log", "the requests that the clouds answered, with their times")
    .option("--json", "as JSON")
    .action(async (stack: string, options: { json?: boolean }) =>
      (await import("./commands/lab.ts")).log(stack, options),
    );
  labCommand("fault", "switch a fault on in a cloud")
    .argument("<fault>", "a status such as 429 or 500, slow, lost-reply, or off")
    .option("--cloud <cloud>", "hcloud, cloudflare, aws or digitalocean; all when left out")
    .option("--method <method>", "only requests of this method")
    .option("--path <pattern>", "only paths such as /servers/*, at AWS such as /eu-west-2/RunInstances")
    .option("--code <code>", "the vendor's own error of that status, such as VcpuLimitExceeded")
    .option("--times <n>", "how many requests; all when left out")
    .action(async (stack: string, fault: string, options: FaultOptions) =>
      (await import("./commands/lab.ts")).fault(stack, fault, options),
    );

  labCommand("machine", "do something to a machine by hand, to see what the fleet makes of it")
    .argument("<host>")
    .argument("<action>", "start, stop, pause, resume or swap-host-key")
    .action(async (stack: string, host: string, action: string) =>
      (await import("./commands/lab.ts")).machine(stack, host, action),
    );
}
