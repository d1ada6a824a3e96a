import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { hostKinds } from "../model/host-template.ts";
import type { AuditCommandOptions } from "./commands/audit.ts";
import type { DriftCommandOptions } from "./commands/drift-options.ts";
import type { FailbackOptions, FailoverOptions } from "./commands/failover.ts";
import type { NewHostOptions } from "./commands/new-host.ts";
import type { PreviewOptions } from "./commands/preview.ts";
import type { ReleaseOptions } from "./commands/release.ts";
import type { ReportOptions } from "./commands/report.ts";
import type { UnlockOptions } from "./commands/unlock.ts";
import type { UpOptions } from "./commands/up.ts";
import { storyNames, type StoryName } from "./demo/stories.ts";
import { addLabCommands } from "./lab-program.ts";

/** @throws InvalidArgumentError, which the command line tells with the option's name */
function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Give a whole number.");
  return Number(text);
}

/**
 * The whole command line, to be parsed. Wrong usage is thrown as a CommanderError. Each command's code is loaded when
 * it runs.
 */
export function buildProgram(): Command {
  const program = new Command("fleet")
    .description("Fleet as code: machines, DNS, edge and services of a fleet as one typed program")
    .showHelpAfterError("(--help shows what there is)")
    // First, because commands take it over from what they are added to.
    .exitOverride();

  const onStack = (name: string, summary: string) =>
    program
      .command(name)
      .description(summary)
      .argument("<stack>", "a fleet: a folder under stacks/")
      .option("--lab", "against the local clouds and machines of the lab");

  const noRefresh = [
    "--no-refresh",
    "take the last run's word for what is there: only what the files changed is looked at and changed",
  ] as const;

  onStack("up", "bring the fleet to what is declared")
    .option(...noRefresh)
    .option("--yes", "do not ask before changing real clouds and machines")
    .option(
      "--reviewed <file>",
      "stop when it would do anything that was not reviewed: what `preview --format json` or `markdown` printed then",
    )
    .option("--accept-changes", "with --reviewed, go on with what was not reviewed, and name it")
    .addOption(
      new Option(
        "--allow-deletes <n>",
        "go on without asking where so many things of a zone, a host or the fleet are deleted or replaced",
      ).argParser(wholeNumber),
    )
    .option("--json", "print the changes as JSON on stdout and nothing else there")
    .action(async (stack: string, options: UpOptions) => (await import("./commands/up.ts")).up(stack, options));

  onStack("preview", "show what `up` would change, and change nothing")
    .option(...noRefresh)
    .addOption(
      new Option("--format <format>", "how it is printed: markdown is a comment of a pull request")
        .choices(["text", "markdown", "json"])
        .default("text"),
    )
    .option(
      "--base <file>",
      "compare cost, ports, mesh and rules with another branch: " +
        "what `show --json` or `preview --format json` printed there",
    )
    .option("--json", "print the changes as JSON on stdout and nothing else there")
    .action(async (stack: string, options: PreviewOptions) =>
      (await import("./commands/preview.ts")).preview(stack, options),
    );

  onStack("drift", "compare what is there with what the last `up` declared; exits 0 same, 2 drift, 3 unknown")
    .addOption(
      new Option("--format <format>", "how the report is printed")
        .choices(["text", "json", "markdown", "junit", "sarif"])
        .default("text"),
    )
    .option("--only <host>", "look at one host alone")
    .option("--since <file>", "tell only what is not in an earlier report, printed with --format json")
    .addOption(
      new Option(
        "--fix",
        "put back what drifted and nothing else, after showing it; with --format text or json",
      ).conflicts("since"),
    )
    .option("--notify", "tell FLEET_NOTIFY_WEBHOOK and FLEET_NTFY_URL what is new and what is resolved, each once")
    .option(
      "--notified <file>",
      "with --notify, the file that keeps what was told; .fleet/notified/<stack>.json when left out",
    )
    .option("--yes", "with --fix, do not ask before changing real clouds and machines")
    .action(async (stack: string, options: DriftCommandOptions) =>
      (await import("./commands/drift.ts")).drift(stack, options),
    );

  onStack(
    "audit",
    "list what exists in the accounts and on the machines and nobody declared; exits 0 nothing, 2 something, 3 unknown",
  )
    .addOption(new Option("--format <format>", "how the report is printed").choices(["text", "json"]).default("text"))
    .option("--only <host>", "look at one host alone, and at no provider")
    .option(
      "--import <folder>",
      "write there what would declare it: lines for the fleet's files, and files for `pulumi import`",
    )
    .action(async (stack: string, options: AuditCommandOptions) =>
      (await import("./commands/audit.ts")).audit(stack, options),
    );

  onStack("check", "look at every service from outside, as its users do")
    .option("--json", "print the results as JSON on stdout and nothing else there")
    .action(async (stack: string, options: { lab?: boolean; json?: boolean }) =>
      (await import("./commands/check.ts")).check(stack, options),
    );

  onStack(
    "report",
    "write a page to look at: topology, health, drift, secrets' names, cost, last changes; exits as drift does",
  )
    .requiredOption("-o, --output <folder>", "where index.html is written")
    .option("--offline", "only what the files say: no host, provider or state is asked")
    .action(async (stack: string, options: ReportOptions) =>
      (await import("./commands/report.ts")).report(stack, options),
    );

  const onHost = (name: string, summary: string) =>
    onStack(name, summary)
      .argument("<host>", "the host whose tunnels they are; nobody connects to it")
      .option("--force", "go on where a person should look first, with what can be moved")
      .option("--yes", "do not ask before changing real clouds");

  onHost("failover", "lead the host names of a host's tunnels to a standby")
    .option("--to <host>", "the host that carries the standby; as the fleet's file says when left out")
    .option("--why <reason>", "kept in the records' comments, with who did it when")
    .option("--watch", "wait until nobody is connected for as long as the file says, then do it without asking, once")
    .option("--notify", "with --watch, tell FLEET_NOTIFY_WEBHOOK and FLEET_NTFY_URL")
    .action(async (stack: string, host: string, options: FailoverOptions) =>
      (await import("./commands/failover.ts")).failover(stack, host, options),
    );

  onHost("failback", "lead them back").action(async (stack: string, host: string, options: FailbackOptions) =>
    (await import("./commands/failover.ts")).failback(stack, host, options),
  );

  onStack("destroy", "delete everything in the stack that is not protected")
    .option("--yes", "do not ask")
    .action(async (stack: string, options: { lab?: boolean; yes?: boolean }) =>
      (await import("./commands/destroy.ts")).destroy(stack, options),
    );

  onStack("unlock", "show who holds the lock of a stack since when, and free it after asking")
    .option("--yes", "do not ask")
    .option("--force", "also when the process that holds it still runs")
    .action(async (stack: string, options: UnlockOptions) =>
      (await import("./commands/unlock.ts")).unlock(stack, options),
    );

  onStack("release", "stop managing a thing, and keep it as it is")
    .argument("<name>", "as `preview` and `drift` tell it: alaivos-models, ghost-01/nginx, ghost-01 for a whole host")
    .option("--yes", "do not ask")
    .action(async (stack: string, name: string, options: ReleaseOptions) =>
      (await import("./commands/release.ts")).releaseThing(stack, name, options),
    );

  onStack("ssh", "log in to a host, its key verified")
    .argument("<host>")
    .argument("[command...]", "run this instead of a shell; its own options after --")
    .action(async (stack: string, host: string, command: string[], options: { lab?: boolean }) =>
      (await import("./commands/ssh.ts")).ssh(stack, host, command, options),
    );

  program
    .command("show")
    .description("print hosts, cost per month, scaling triggers and open settings of a fleet")
    .argument("<stack>")
    .option("--json", "print it as JSON")
    .action(async (stack: string, options: { json?: boolean }) =>
      (await import("./commands/show.ts")).show(stack, options),
    );

  program
    .command("graph")
    .description("print what in a fleet depends on what: hosts, services, names, tunnels, mesh")
    .argument("<stack>")
    .addOption(
      new Option("--format <format>", "a tree of lines, Graphviz' language, or a picture")
        .choices(["text", "dot", "svg"])
        .default("text"),
    )
    .action(async (stack: string, options: { format: "text" | "dot" | "svg" }) =>
      (await import("./commands/graph.ts")).graph(stack, options),
    );

  program
    .command("new")
    .description("write a file that a fleet is to have")
    .command("host")
    .description("write the file of a new host, checked against the rest of the fleet")
    .argument("<stack>")
    .argument("<name>")
    .addOption(new Option("--kind <kind>", "what it is").choices(hostKinds).makeOptionMandatory())
    .option("--region <region>", "where: the provider's own short name")
    .option("--type <type>", "the provider's name of the size")
    .option("--mesh <address>", "its address in the mesh; the next free one when left out")
    .action(async (stack: string, name: string, options: NewHostOptions) =>
      (await import("./commands/new-host.ts")).newHost(stack, name, options),
    );

  program
    .command("touched")
    .description("name the stacks that changed files can alter, by what imports what")
    .option("--base <ref>", "the branch or commit that the change is to be merged into", "origin/main")
    .option("--json", "print it as JSON")
    .action(async (options: { base: string; json?: boolean }) =>
      (await import("./commands/touched.ts")).touched(options),
    );

  program
    .command("images")
    .description("ask registries for the digests of the fleet's images, and pin them in stacks/<stack>/images.json")
    .argument("<stack>")
    .argument("[images...]", "these alone, as host files name them")
    .option("--json", "print it as JSON")
    .action(async (stack: string, only: string[], options: { json?: boolean }) =>
      (await import("./commands/images.ts")).images(stack, only, options),
    );

  const secrets = program.command("secrets").description("what a fleet needs to know in secret");
  secrets
    .command("check")
    .description("name the secrets that are missing or malformed, without printing a value")
    .argument("<stack>")
    .option("--lab", "of the lab")
    .option("--json", "print it as JSON")
    .action(async (stack: string, options: { lab?: boolean; json?: boolean }) =>
      (await import("./commands/secrets.ts")).checkSecrets(stack, options),
    );

  const mesh = program.command("mesh").description("the private network of a fleet");
  mesh
    .command("rotate")
    .description("give its hosts new keys, without dropping their tunnels; what was interrupted is finished first")
    .argument("<stack>")
    .option("--host <host>", "of this one alone, the hub or a spoke; every spoke when left out")
    .option("--lab", "in the lab")
    .action(async (stack: string, options: { lab?: boolean; host?: string }) =>
      (await import("./mesh/rotate.ts")).rotate(stack, options),
    );

  mesh
    .command("peer")
    .description(
      "make a person's device a member: print its configuration and a QR code once, and the line to declare it",
    )
    .argument("<stack>")
    .argument("<name>", "what the device is called: laptop, phone")
    .option("--address <address>", "its address in the mesh; the next free one when left out")
    .option("--lab", "of the lab")
    .action(async (stack: string, name: string, options: { lab?: boolean; address?: string }) =>
      (await import("./mesh/peer.ts")).peer(stack, name, options),
    );
  mesh
    .command("rejoin")
    .description("let a host into its tailnet again by a new key, after it was logged out, removed or has expired")
    .argument("<stack>")
    .requiredOption("--host <host>", "which one")
    .option("--lab", "in the lab")
    .option("--yes", "do not ask")
    .action(async (stack: string, options: { lab?: boolean; yes?: boolean; host: string }) =>
      (await import("./mesh/rejoin.ts")).rejoin(stack, options),
    );
  mesh
    .command("policy")
    .description("print the policy file of a fleet's tailnet, as `up` writes it")
    .argument("<stack>")
    .addOption(new Option("--as <policy>", "what it would be").choices(["open", "derived"]))
    .action(async (stack: string, options: { as?: "open" | "derived" }) =>
      (await import("./mesh/policy.ts")).policy(stack, options),
    );

  addLabCommands(program.command("lab"));

  program
    .command("doctor")
    .description("what is there, what is missing, and what each missing thing costs you")
    .option("--json", "as JSON")
    .action(async (options: { json?: boolean }) => (await import("./commands/doctor.ts")).doctor(options));

  program
    .command("demo")
    .description("a fleet's story in the lab, every step checked, in minutes")
    .addArgument(
      new Argument(
        "[fleet]",
        "alaivos, blackroad: boot, up, check, break, drift, heal; vault1984: pilot, go, a region, drift",
      )
        .choices(storyNames)
        .default("alaivos"),
    )
    .option("--keep", "leave the lab up at the end")
    .action(async (name: StoryName, options: { keep?: boolean }) =>
      (await import("./commands/demo.ts")).demo(name, options),
    );

  program
    .command("bench")
    .description("drift, creation and no-op against pyinfra and Ansible on the same machines")
    .action(async () => (await import("./commands/bench.ts")).bench());

  return program;
}
