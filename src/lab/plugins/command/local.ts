import { Secret, type Properties } from "../../../plugin/types.ts";
import { bare } from "../schema.ts";
import { run } from "./run.ts";
import { environmentOf, holdsSecret, scriptResource, type Runner } from "./script.ts";

/**
 * On the machine that runs the lab. The script travels in the environment: process arguments are for everyone to see.
 */
const runHere: Runner = (script, inputs, env, timeoutSeconds, secret) => {
  const interpreter = bare(inputs.interpreter);
  const [program, ...args] =
    Array.isArray(interpreter) && interpreter.length > 0
      ? [...interpreter.map(String), script]
      : ["/bin/sh", "-c", 'eval "$PULUMI_COMMAND_SCRIPT"'];
  const dir = bare(inputs.dir);
  const stdin = bare(inputs.stdin);
  return run({
    program,
    args,
    env: { ...env, PULUMI_COMMAND_SCRIPT: script },
    timeoutSeconds,
    secret,
    label: "the local command",
    ...(typeof dir === "string" ? { dir } : {}),
    ...(typeof stdin === "string" ? { stdin } : {}),
  });
};

export const localCommand = scriptResource("command:local:Command", runHere);

/** command:local:run: one command, run on every program run, previews too. */
export async function localRun(args: Properties): Promise<Properties> {
  const command = bare(args.command);
  if (typeof command !== "string") throw new Error('command:local:run needs the property "command"');
  const secret = holdsSecret(args);
  const { stdout, stderr } = await runHere(command, args, environmentOf(args), 0, secret);
  return secret ? { ...args, stdout: new Secret(stdout), stderr: new Secret(stderr) } : { ...args, stdout, stderr };
}
