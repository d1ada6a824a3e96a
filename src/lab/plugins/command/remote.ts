import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { Secret, type Properties, type ResourceType } from "../../../plugin/types.ts";
import { bare, checkInputs, diffInputs, isObject } from "../schema.ts";
import { facts } from "./facts.ts";
import { run } from "./run.ts";
import { scriptResource, type Runner } from "./script.ts";
import { withSsh } from "./ssh.ts";

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Over ssh. Script and environment travel on standard input, in front of the command's own: arguments are for everyone
 * to see.
 */
const runThere: Runner = (script, inputs, env, timeoutSeconds, secret) =>
  withSsh(inputs.connection, (ssh) => {
    const exports = Object.entries(env)
      .map(([name, value]) => `export ${name}=${quote(value)}\n`)
      .join("");
    const whole = Buffer.from(`${exports}${script}\n`);
    const stdin = bare(inputs.stdin);
    return run({
      ...ssh,
      args: [...ssh.args, `eval "$(head -c ${whole.length})"`],
      stdin: Buffer.concat([whole, Buffer.from(typeof stdin === "string" ? stdin : "")]),
      timeoutSeconds,
      secret,
      label: `the command on ${ssh.host}`,
    });
  });

export const remoteCommand = scriptResource("command:remote:Command", runThere);

const token = "command:remote:CopyToRemote";

/**
 * A file or a folder from here at a path there. What was copied stays there when the resource goes, as with the
 * official provider.
 */
export const copyToRemote: ResourceType = {
  check: async ({ news }) => checkInputs(facts, token, news),
  diff: async ({ oldInputs, news }) => diffInputs(facts, token, { ...oldInputs, connection: news.connection }, news),
  create: async ({ inputs, preview, timeoutSeconds }) => {
    if (!preview) await copy(inputs, timeoutSeconds);
    return { id: preview ? "" : randomBytes(8).toString("hex"), state: inputs };
  },
  read: async ({ id, inputs, state }) => ({ id, inputs: inputs ?? {}, state: state ?? {} }),
  update: async ({ news, preview, timeoutSeconds }) => {
    if (!preview) await copy(news, timeoutSeconds);
    return { state: news };
  },
  delete: async () => undefined,
};

async function copy(inputs: Properties, timeoutSeconds: number): Promise<void> {
  const target = quote(String(bare(inputs.remotePath)));
  const secret = inputs.source instanceof Secret;
  const source = bare(inputs.source);
  if (!isObject(source)) throw new Error("source must be an asset or an archive");
  await withSsh(inputs.connection, async (ssh) => {
    const send = (command: string, stdin: Buffer) =>
      run({ ...ssh, args: [...ssh.args, command], stdin, timeoutSeconds, secret, label: `the copy to ${ssh.host}` });
    if (typeof source.text === "string") return send(`cat > ${target}`, Buffer.from(source.text));
    if (typeof source.path !== "string")
      throw new Error(
        "source must be a file, a folder or a text: other assets cannot be copied by the lab's command plugin",
      );
    if (!statSync(source.path).isDirectory()) return send(`cat > ${target}`, readFileSync(source.path));
    const packed = await run({
      program: "tar",
      args: ["-C", source.path, "-cf", "-", "."],
      timeoutSeconds,
      secret,
      label: `packing ${source.path}`,
      encoding: "base64",
    });
    return send(`mkdir -p ${target} && tar -C ${target} -xf -`, Buffer.from(packed.stdout, "base64"));
  });
}
