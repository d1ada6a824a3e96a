import { apisOf } from "./apis.ts";
import { isInstanceGone } from "./aws/client.ts";
import { isDropletGone } from "./digitalocean/client.ts";
import { isServerGone } from "./hetzner/client.ts";

/**
 * Whether its provider says that a machine ("hcloud:server/web", "aws:eu-west-2/i-0abc") is not there any more. A token
 * of another project says so of every machine, so it has to be shown to be for this one's. What nobody can be asked
 * about is not gone.
 * @param account what shows that (Connection.account)
 * @throws Error why it can't be told
 */
export async function isGone(
  machine: string | undefined,
  account: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  if (machine?.startsWith("aws:")) return isInstanceGone(machine, account, env);
  if (machine?.startsWith("hcloud:")) return isServerGone(machine, account, apisOf(env).hcloud);
  if (machine?.startsWith("digitalocean:")) return isDropletGone(machine, account, apisOf(env).digitalocean);
  return false;
}
