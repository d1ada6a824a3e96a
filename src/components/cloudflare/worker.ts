import * as pulumi from "@pulumi/pulumi";
import type { Binding, Worker } from "../../model/edge.ts";
import { secret } from "../../model/text.ts";
import { resolveText, type ValueSources } from "../host/values.ts";
import * as cloudflare from "./sdk.ts";

export interface EdgeWorkerArgs {
  account: string;
  worker: Worker;
  /** The id of the zone that a host name belongs to. */
  zoneOf: (hostname: string) => string;
  /** The text of a script, by its path in the repository. */
  scriptOf: (path: string) => string;
  values: ValueSources;
  /** Ids of the fleet's namespaces and databases, by name, for bindings. */
  kv: ReadonlyMap<string, pulumi.Output<string>>;
  d1: ReadonlyMap<string, pulumi.Output<string>>;
}

const MAIN_MODULE = "worker.js";

/** One Worker: its script, its own host names and its routes. */
export class EdgeWorker extends pulumi.ComponentResource {
  constructor(name: string, args: EdgeWorkerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:cloudflare:Worker", name, {}, opts);
    const { worker, account: accountId, zoneOf } = args;
    const script = this.createScript(name, args);
    for (const hostname of worker.hostnames) {
      new cloudflare.WorkersCustomDomain(
        hostname,
        { accountId, hostname, service: worker.name, zoneId: zoneOf(hostname) },
        { parent: this, dependsOn: script },
      );
    }
    for (const { pattern, zone } of worker.routes) {
      new cloudflare.WorkersRoute(
        pattern,
        { zoneId: zoneOf(zone), pattern, script: worker.name },
        { parent: this, dependsOn: script },
      );
    }
    this.registerOutputs({});
  }

  private createScript(name: string, args: EdgeWorkerArgs): cloudflare.WorkersScript {
    const { worker, account: accountId, scriptOf } = args;
    if (worker.script === undefined)
      throw new Error(
        `worker ${worker.name} is active but has no script: give the path of its ES module in the fleet file`,
      );
    const bindings = Object.entries(worker.bindings).map(([binding, target]) => bindingArgs(binding, target, args));
    return new cloudflare.WorkersScript(
      name,
      {
        accountId,
        scriptName: worker.name,
        content: scriptOf(worker.script),
        mainModule: MAIN_MODULE,
        compatibilityDate: worker.compatibilityDate,
        ...(bindings.length > 0 && { bindings }),
      },
      { parent: this },
    );
  }
}

function bindingArgs(
  name: string,
  target: Binding,
  { kv, d1, values }: EdgeWorkerArgs,
): cloudflare.types.input.WorkersScriptBinding {
  if ("kv" in target) return { name, type: "kv_namespace", namespaceId: kv.get(target.kv)! };
  if ("d1" in target) return { name, type: "d1", databaseId: d1.get(target.d1)! };
  if ("bucket" in target) return { name, type: "r2_bucket", bucketName: target.bucket };
  if ("worker" in target) return { name, type: "service", service: target.worker };
  if ("secret" in target)
    return { name, type: "secret_text", text: resolveText({ parts: [secret(target.secret)] }, values) };
  return { name, type: "plain_text", text: target.text };
}
