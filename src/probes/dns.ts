import { apisOf } from "../clouds/apis.ts";
import { type Addresses, addressOf } from "../clouds/addresses.ts";
import { CloudflareClient } from "../clouds/cloudflare/client.ts";
import { record } from "../clouds/cloudflare/record/index.ts";
import type { Fleet } from "../model/fleet.ts";
import type { ProbeResult } from "./run.ts";

/**
 * Whether Cloudflare's API answers every declared record with the content that it has to have. A host's record has the
 * address of its machine; the machine that is not made yet has none, and its record is no check.
 * @param addresses of the machines that the fleet has made (addressesInState)
 */
export async function dnsResults(fleet: Fleet, env: NodeJS.ProcessEnv, addresses: Addresses): Promise<ProbeResult[]> {
  const known = { address: (host: string) => addressOf(fleet, addresses, host), script: () => undefined };
  const declared = record
    .declared(fleet)
    .filter(({ active }) => active)
    .flatMap(({ model }) => record.identity(model, known) ?? []);
  if (declared.length === 0) return [];
  const { cloudflare } = apisOf(env);
  const problemOf = cloudflare.token
    ? await recordsAt(new CloudflareClient(cloudflare, fleet)).then(
        (found) => (identity: string) => (found.has(identity) ? {} : { problem: "the record is not there" }),
        (error: Error) => () => ({ problem: error.message, unknown: true as const }),
      )
    : () => ({ problem: "there is no CLOUDFLARE_API_TOKEN to ask with", unknown: true as const });
  return declared.map((identity) => ({ what: `DNS answers ${identity}`, ...problemOf(identity) }));
}

const recordsAt = async (client: CloudflareClient): Promise<Set<string>> => {
  const answers = await Promise.all(record.ask(client, []).map((question) => question.list()));
  return new Set(answers.flat().map(({ identity }) => identity));
};
