import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { apisOf } from "../../clouds/apis.ts";
import { sshArguments } from "../ssh-arguments.ts";
import type { OpenStack } from "../../deploy/stack.ts";

const run = promisify(execFile);

/** One change made by hand, behind the fleet's back, and where drift must see it. */
export interface Damage {
  /** What a person did, in words. */
  what: string;
  /** The resource's name in the stack. */
  resource: string;
  /** The property that must be named. */
  path: string;
  do(stack: OpenStack): Promise<void>;
}

/** Runs a command there as a person would. */
export async function onHost(stack: OpenStack, host: string, command: string): Promise<void> {
  await run("ssh", [...(await sshArguments(stack, host)), command]);
}

/** Changes a record in Cloudflare's console. */
export async function patchRecord(stack: OpenStack, name: string, change: object): Promise<void> {
  const { url, token } = apisOf(stack.target.env).cloudflare;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const zone = stack.fleet.zones.find((z) => name.endsWith(z.name))!.id;
  const list = (await (await fetch(`${url}/zones/${zone}/dns_records?name=${name}`, { headers })).json()) as {
    result: { id: string }[];
  };
  const answer = await fetch(`${url}/zones/${zone}/dns_records/${list.result[0]!.id}`, {
    method: "PATCH",
    headers,
    body: JSON.stringify(change),
  });
  if (!answer.ok) throw new Error(`Cloudflare answered ${answer.status} to a change of ${name}`);
}
