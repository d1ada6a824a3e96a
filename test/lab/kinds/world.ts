import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bringUp } from "../../../src/deploy/bring-up.ts";
import { lookAtClouds } from "../../../src/deploy/cloud-view.ts";
import { writeProject } from "../../../src/deploy/lab-stack.ts";
import { observe } from "../../../src/deploy/observe.ts";
import type { OpenStack } from "../../../src/deploy/stack.ts";
import { withTools } from "../../../src/deploy/tools.ts";
import type { Changes } from "../../../src/engine/changes.ts";
import type { Drift } from "../../../src/engine/drift.ts";
import { nameOf, typeOf } from "../../../src/engine/events.ts";
import { pulumi } from "../../../src/engine/run.ts";
import { audit, type LookedAt } from "../../../src/audit/audit.ts";
import { readState } from "../../../src/engine/read-state.ts";
import type { Store } from "../../../src/lab/clouds/store.ts";
import { startAwsPlugin, startDigitalOceanPlugin, startPlugins } from "../../../src/lab/plugins/serve.ts";
import { fleet, type Fleet } from "../../../src/model/fleet.ts";
import type { Pool } from "../../../src/transport/pool.ts";
import { startAws } from "../../clouds/aws-cloud.ts";
import { startTestCloud as startTestDigitalOcean } from "../../clouds/digitalocean-client.ts";
import { publicKey, startTestCloud } from "../../clouds/hetzner-client.ts";
import { startCloudflare } from "../../clouds/cloudflare-cloud.ts";

export type FleetInput = Parameters<typeof fleet>[0];

/**
 * The four local clouds with the real engine, the real Hetzner plugin and the lab's other ones, and no machine: what a
 * fleet has in its clouds is brought up as `fleet up` does it.
 */
export async function startWorld({
  aws: withAws = true,
  digitalocean: withDigitalOcean = withAws,
  hetzner: store,
}: { aws?: boolean; digitalocean?: boolean; hetzner?: Store } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "fleet-kinds-"));
  const cloudflare = await startCloudflare();
  const hetzner = await startTestCloud(store);
  const plugins = [await startPlugins({ cloudflareUrl: cloudflare.url, cloudflareToken: cloudflare.token })];
  const aws = withAws ? await startAws() : undefined;
  if (aws) plugins.push(await startAwsPlugin({ url: aws.url, token: aws.token }));
  const digitalocean = withDigitalOcean ? await startTestDigitalOcean() : undefined;
  if (digitalocean)
    plugins.push(await startDigitalOceanPlugin({ endpoint: digitalocean.endpoint, token: digitalocean.token }));
  await mkdir(join(folder, "state"));
  await writeProject(folder, { program: "test/lab/kinds/program.ts" });
  const written = join(folder, "fleet.json");
  const env = withTools({
    ...process.env,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(12).toString("hex"),
    PULUMI_DEBUG_PROVIDERS: plugins.map(({ debugProviders }) => debugProviders).join(","),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    HCLOUD_ENDPOINT: hetzner.url,
    HCLOUD_TOKEN: hetzner.token,
    CLOUDFLARE_BASE_URL: cloudflare.url,
    CLOUDFLARE_API_TOKEN: cloudflare.token,
    ...(aws && {
      AWS_ENDPOINT_URL: aws.url,
      AWS_ENDPOINT_URL_EC2: aws.url,
      AWS_ACCESS_KEY_ID: aws.token,
      AWS_SECRET_ACCESS_KEY: aws.token,
      AWS_SESSION_TOKEN: "",
      AWS_PROFILE: "",
    }),
    ...(digitalocean && { DIGITALOCEAN_API_URL: digitalocean.endpoint, DIGITALOCEAN_TOKEN: digitalocean.token }),
    FLEET_OPERATOR_KEYS: publicKey(),
    FLEET_STAND_INS: "true",
    FLEET_TEST_FLEET: written,
  });

  /** The stack of a fleet as it is declared now. */
  const open = async (declared: FleetInput): Promise<OpenStack> => {
    const name = declared.name;
    await writeFile(written, JSON.stringify(declared));
    const target = { stack: name, cwd: folder, env };
    if (!existsSync(join(folder, "state/.pulumi/stacks/fleet", `${name}.json`)))
      await pulumi(["stack", "select", name, "--create", "--non-interactive"], target);
    return { fleet: fleet(declared), files: {}, name, lab: true, target };
  };

  return {
    folder,
    cloudflare,
    hetzner,
    aws,
    digitalocean,
    open,
    /** `fleet up`. @throws Error when it fails, with what the engine said */
    async up(declared: FleetInput, refresh = true): Promise<Changes> {
      const stack = await open(declared);
      const { run, changes } = await bringUp(stack, await lookAtClouds(stack), { refresh, review: async () => [] });
      const said = run.events.flatMap(({ diagnosticEvent: d }) => (d?.severity === "error" ? [d.message] : []));
      if (run.exitCode !== 0) throw new Error(said.join("\n") || run.output);
      return changes;
    },
    drift: async (declared: FleetInput): Promise<Drift> => observe(await open(declared)),
    async audit(declared: FleetInput): Promise<LookedAt[]> {
      const { fleet: of, target } = await open(declared);
      return audit(
        {
          fleet: withoutHosts(of),
          files: {},
          state: (await readState(target)).filter(({ type }) => !type.startsWith("fleet:")),
          env,
          standIns: true,
          operatorKeys: "",
          connectionTo: () => ({}),
        },
        {} as Pool,
      );
    },
    /** Forgets what the stack holds, as if it had never been brought up. */
    async forget(name: string): Promise<void> {
      await pulumi(["stack", "rm", name, "--force", "--yes"], { stack: name, cwd: folder, env });
    },
    async close(): Promise<void> {
      for (const each of plugins) await each.close();
      await cloudflare.close();
      await hetzner.close();
      await aws?.close();
      await digitalocean?.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/** Nobody looks at machines here. */
const withoutHosts = (of: Fleet): Fleet => ({ ...of, hosts: [] });

/** What a run did, by name: "create www.example.com CNAME". Components and what stayed are left out. */
export const done = ({ resources }: Changes): string[] =>
  resources
    .filter(({ op, urn }) => op !== "same" && !/^(fleet|pulumi):/.test(typeOf(urn)))
    .map(({ op, urn }) => `${op} ${nameOf(urn)}`)
    .sort();
