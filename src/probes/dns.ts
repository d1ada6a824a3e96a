import { apisOf } from "../clouds/apis.ts";
import { CloudflareClient } from "../clouds/cloudflare/client.ts";
import { record } from "../clouds/cloudflare/record/index.ts";
import { addressOf } from "../clouds/addresses.ts";
import type { Fleet } from "../model/fleet.ts";
import type { ProbeResult } from "./run.ts";

/** Whether Cloudflare's API answers every declared record whose content is known beforehand. */
export async function dnsResults(fleet: Fleet, env: NodeJS.ProcessEnv): Promise<ProbeResult[]> {
  const known = { address: (host: string) => addressOf(fleet, {}, host), script: () => undefined };
  const declared = record
    .declared(fleet)
    .filter(({ active }) => active)
    .flatMap(({ model }) => record.identity(model, known) ?? []);
  const { cloudflare } = apisOf(env);
  if (!cloudflare.token || declared.length === 0) return [];
  const questions = record.ask(new CloudflareClient(cloudflare, fleet), []);
  const found = new Set(
    (await Promise.all(questions.map((question) => question.list()))).flat().map(({ identity }) => identity),
  );
  return declared.map((identity) => ({
    what: `DNS answers ${identity}`,
    problem: found.has(identity) ? undefined : "the record is not there",
  }));
}
