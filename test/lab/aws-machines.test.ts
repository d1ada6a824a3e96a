import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  EC2Client,
  ReleaseAddressCommand,
  DisassociateAddressCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstBootScript } from "../../src/components/aws/first-boot.ts";
import { labDown, labEnvironment, labLog, labStatus, labUp } from "../../src/lab/lifecycle.ts";
import { makeKeyPair } from "../../src/lab/machines/key-pair.ts";
import { labPaths } from "../../src/lab/paths.ts";
import type { LabSpec } from "../../src/lab/types.ts";

const STACK = `test-aws-${process.pid}`;
const run = promisify(execFile);
const quiet = {
  step: <T>(_: string, work: (note: (text: string) => void) => Promise<T>) => work(() => {}),
  say: () => {},
};
const spec: LabSpec = {
  stack: STACK,
  staticHosts: [{ name: "hub", authorizedKeys: [], publicAddress: "203.0.113.47" }],
  adoptedServers: [],
  zones: [],
  accountId: "1".repeat(32),
  aws: true,
};
const up = () => labUp(spec, { progress: quiet });
const ssh = async (host: string, command: string, ...options: string[]): Promise<string> =>
  (
    await run("ssh", [
      "-F",
      labPaths(STACK).sshConfig,
      "-o",
      "BatchMode=yes",
      "-o",
      "ConnectTimeout=4",
      ...options,
      host,
      command,
    ])
  ).stdout.trim();

let ec2: EC2Client;
const connect = async () => {
  const env = await labEnvironment(STACK);
  ec2 = new EC2Client({
    region: "ap-northeast-1",
    endpoint: env.AWS_ENDPOINT_URL_EC2,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID!, secretAccessKey: env.AWS_SECRET_ACCESS_KEY! },
  });
};
const runs = async (name: string) => (await labStatus(STACK)).hosts.find((h) => h.name === name)?.running;
const becomes = (name: string, running: boolean | undefined) =>
  expect.poll(() => runs(name), { timeout: 60_000, interval: 100 }).toBe(running);

beforeAll(async () => {
  await up();
  await connect();
});
afterAll(() => labDown(STACK, { forget: true }));

test("an instance boots with the host key and the operators' keys of its first-boot script, and follows the API until it is terminated", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fleet-key-"));
  for (const name of ["host", "operator"]) await makeKeyPair(join(folder, name));
  const read = (name: string) => readFile(join(folder, name), "utf8");
  const [privateKey, publicKey, operator] = [
    await read("host"),
    (await read("host.pub")).trim().split(" ").slice(0, 2).join(" "),
    (await read("operator.pub")).trim(),
  ];
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({ Filters: [{ Name: "name", Values: ["nixos/25.11*-aarch64-linux"] }] }),
  );
  const { Instances: [instance] = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: Images[0]!.ImageId,
      InstanceType: "t4g.nano",
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "host", Value: "tokyo" }] }],
      UserData: Buffer.from(firstBootScript({ privateKey, publicKey, operatorKeys: [operator] })).toString("base64"),
    }),
  );
  const { AllocationId, PublicIp } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
  const { AssociationId } = await ec2.send(
    new AssociateAddressCommand({ AllocationId, InstanceId: instance!.InstanceId }),
  );
  const addresses = () =>
    ssh(
      "tokyo",
      "hostname; ip -4 -o addr show eth0 | awk '{print $4}' | grep ^198 ; . /etc/os-release; echo $ID",
      "-i",
      join(folder, "operator"),
    );
  await expect.poll(addresses, { timeout: 60_000, interval: 200 }).toBe(`tokyo\n${PublicIp}/32\nnixos`);
  expect(await readFile(labPaths(STACK).knownHosts, "utf8")).toContain(`tokyo ${publicKey}\n`);
  expect(
    await ssh(
      "tokyo",
      "cat /root/.ssh/authorized_keys; stat -c %a /root/.ssh/authorized_keys /etc/ssh/ssh_host_ed25519_key",
      "-i",
      join(folder, "operator"),
    ),
  ).toBe(`${operator}\n600\n600`);
  expect(await ssh("hub", `ping -c1 -W2 ${PublicIp} >/dev/null && echo there`)).toBe("there");

  const InstanceIds = [instance!.InstanceId!];
  await ec2.send(new StopInstancesCommand({ InstanceIds }));
  await becomes("tokyo", false);
  await ec2.send(new StartInstancesCommand({ InstanceIds }));
  await expect.poll(addresses, { timeout: 60_000, interval: 200 }).toBe(`tokyo\n${PublicIp}/32\nnixos`);

  await labDown(STACK);
  await up();
  await connect();
  expect((await ec2.send(new DescribeInstancesCommand({}))).Reservations![0]!.Instances).toMatchObject([
    { InstanceId: InstanceIds[0], PublicIpAddress: PublicIp },
  ]);
  expect(await addresses()).toBe(`tokyo\n${PublicIp}/32\nnixos`);

  await ec2.send(new DisassociateAddressCommand({ AssociationId }));
  await ec2.send(new ReleaseAddressCommand({ AllocationId }));
  await expect.poll(addresses).toMatch(/^tokyo\n198\.19\./);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
  await becomes("tokyo", undefined);
  await rm(folder, { recursive: true });
});

test("status, environment and log tell of AWS where it is, and of nothing where it is not", async () => {
  const { clouds } = await labStatus(STACK);
  const env = await labEnvironment(STACK);
  expect(Object.keys(clouds)).toEqual(["hcloud", "cloudflare", "aws"]);
  expect(env).toMatchObject({
    AWS_ENDPOINT_URL: clouds.aws!.url,
    AWS_ACCESS_KEY_ID: clouds.aws!.token,
    AWS_PROFILE: "",
    PULUMI_DEBUG_PROVIDERS: expect.stringMatching(/,aws:\d+$/),
  });
  expect((await labLog(STACK)).map(({ path }) => path)).toContain("/ap-northeast-1/RunInstances");

  await labDown(STACK);
  await labUp({ ...spec, aws: false }, { progress: quiet });
  expect(Object.keys((await labStatus(STACK)).clouds)).toEqual(["hcloud", "cloudflare"]);
  expect(Object.keys(await labEnvironment(STACK)).filter((name) => name.startsWith("AWS"))).toEqual([]);
});
