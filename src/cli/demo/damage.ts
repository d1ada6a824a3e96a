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

/** The five kinds of change that machines and consoles suffer in the real world, on the alaivos fleet. */
export const DAMAGES: readonly Damage[] = [
  {
    what: "edited nginx's headers on ghost-01",
    resource: "ghost-01/nginx",
    path: 'files["/etc/nginx/conf.d/ghost.alaivos.com-443.conf"].content',
    do: (stack) =>
      onHost(stack, "ghost-01", "sed -i 's/DENY/SAMEORIGIN/' /etc/nginx/conf.d/ghost.alaivos.com-443.conf"),
  },
  {
    what: "stopped sports-cache on ghost-01",
    resource: "ghost-01/sports-cache",
    path: 'units["sports-cache.service"].active',
    do: (stack) => onHost(stack, "ghost-01", "systemctl stop sports-cache.service"),
  },
  {
    what: "deleted the nightly rsync from cron on cx23",
    resource: "cx23/rsync-to-ghost-01",
    path: 'cron["rsync-to-ghost-01"]',
    do: (stack) => onHost(stack, "cx23", "rm /etc/cron.d/rsync-to-ghost-01"),
  },
  {
    what: "switched the proxy off for ghost.alaivos.com at Cloudflare",
    resource: "ghost.alaivos.com A ghost-01",
    path: "proxied",
    do: (stack) => patchRecord(stack, "ghost.alaivos.com", { proxied: false }),
  },
  {
    what: "made the TomTom keys readable for everyone on cx23-b",
    resource: "cx23-b/tomtom-accounts",
    path: 'files["/opt/ghost/data_pipeline/accounts.json"].mode',
    do: (stack) => onHost(stack, "cx23-b", "chmod 0644 /opt/ghost/data_pipeline/accounts.json"),
  },
];

async function onHost(stack: OpenStack, host: string, command: string): Promise<void> {
  await run("ssh", [...(await sshArguments(stack, host)), command]);
}

async function patchRecord(stack: OpenStack, name: string, change: object): Promise<void> {
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
