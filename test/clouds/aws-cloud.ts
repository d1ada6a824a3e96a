import { randomBytes } from "node:crypto";
import { EC2Client } from "@aws-sdk/client-ec2";
import { createAws } from "../../src/lab/clouds/aws/index.ts";
import { Faults } from "../../src/lab/clouds/http/faults.ts";
import { RequestLog } from "../../src/lab/clouds/http/log.ts";
import { startCloud } from "../../src/lab/clouds/http/server.ts";
import { Store } from "../../src/lab/clouds/store.ts";
import { fakeMachines, type FakeMachines } from "./fake-machines.ts";

/** A local AWS over machines that only exist in memory, and the vendor's own client for each region of it. */
export async function startAws({
  file = ":memory:",
  machines = fakeMachines(),
  token = randomBytes(32).toString("hex"),
}: { file?: string; machines?: FakeMachines; token?: string } = {}) {
  const store = new Store(file);
  const [log, faults] = [new RequestLog(store), new Faults()];
  const crashes: unknown[] = [];
  const aws = await createAws({ store, machines, token });
  const cloud = await startCloud(aws.definition, { log, faults, onCrash: (error) => crashes.push(error) });
  const client = (region: string, keys = token) =>
    new EC2Client({
      region,
      endpoint: cloud.url,
      credentials: { accessKeyId: keys, secretAccessKey: keys },
      maxAttempts: 1,
    });
  const close = async () => {
    await cloud.close();
    store.close();
    if (crashes.length > 0) throw crashes[0];
  };
  /** The actions that were asked for, with their region: /eu-west-2/RunInstances. */
  const asked = () => log.last(10_000).map(({ path }) => path);
  return { aws, machines, log, faults, token, url: cloud.url, client, asked, close };
}
