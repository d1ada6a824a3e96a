import { createHash } from "node:crypto";
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scratchCheckout, type Checkout } from "./checkout.ts";

const REGION = "eu-west-2";
/** As the lab's images are called: another in every region. */
const AMI = `ami-${createHash("sha256").update(`${REGION}/debian-12-arm64-20260210-2381`).digest("hex").slice(0, 17)}`;
const host = `
import { base } from "../../services/base/index.ts";
import { custom } from "../../services/custom/index.ts";
import { aws } from "../../src/model/host.ts";

export default aws({
  name: "london", type: "t4g.nano", region: "${REGION}", os: "debian", ami: "${AMI}",
  roles: ["spoke"], publicPorts: ["80/tcp"],
  services: [base({}), custom({ name: "motd", bundle: { files: { "/etc/motd": { content: "london\\n" } } } })],
});
`;
/**
 * Provider, host key, key pair, security group, instance, its state, address, association, two services, and the
 * component.
 */
const ITS = 11;

let checkout: Checkout;
let ec2: EC2Client;
beforeAll(async () => {
  checkout = await scratchCheckout();
  for (const name of ["old", "new"]) await checkout.remove(`hosts/tiny/${name}.ts`);
  await checkout.up();
});
afterAll(() => checkout[Symbol.asyncDispose]());

const instances = async () =>
  (await ec2.send(new DescribeInstancesCommand({})))
    .Reservations!.flatMap((r) => r.Instances!)
    .filter(({ State }) => State!.Name !== "terminated");
const hosts = async () => (await checkout.status()).hosts.map(({ name }) => name);
const drifted = async () => {
  const { drift } = await checkout.drift();
  return Object.fromEntries(
    drift.resources
      .filter(({ status }) => status !== "same")
      .map(({ name, status, changes }) => [name, status === "drifted" ? changes.map(({ path }) => path) : status]),
  );
};

test("one file makes an instance with its services; what is changed by hand is seen and put back; without the file it is gone", async () => {
  await checkout.write("hosts/tiny/london.ts", host);
  expect(await checkout.up()).toMatchObject({
    exitCode: 0,
    changes: { summary: { create: ITS, update: 0, replace: 0, delete: 0 } },
  });
  expect(await checkout.up()).toMatchObject({ exitCode: 0, changes: { summary: { create: 0, update: 0 } } });
  expect(await checkout.ssh("london", "cat /etc/motd")).toBe("london");
  expect(await drifted()).toEqual({});

  const { url, token } = (await checkout.status()).clouds.aws!;
  ec2 = new EC2Client({ region: REGION, endpoint: url, credentials: { accessKeyId: token, secretAccessKey: token } });
  const [instance] = await instances();
  const InstanceIds = [instance!.InstanceId!];
  const { SecurityGroups: [group] = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: "group-name", Values: ["tiny-london"] }] }),
  );
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: group!.GroupId,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
    }),
  );
  await ec2.send(new StopInstancesCommand({ InstanceIds }));
  await expect.poll(drifted, { timeout: 60_000 }).toEqual({
    "london-firewall": ['ingress["22/tcp from 0.0.0.0/0"]'],
    "london-running": ["state"],
    "london/base": "unknown",
    "london/motd": "unknown",
  });
  expect(await checkout.up()).toMatchObject({ exitCode: 0 });
  expect(await drifted()).toEqual({});

  await checkout.write("hosts/tiny/london.ts", host.replace("t4g.nano", "t4g.micro"));
  expect(await checkout.up()).toMatchObject({
    exitCode: 0,
    changes: { summary: { create: 0, update: 1, replace: 0 } },
  });
  expect(await instances()).toMatchObject([{ InstanceId: InstanceIds[0], InstanceType: "t4g.micro" }]);

  await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
  await expect.poll(hosts, { timeout: 90_000 }).toEqual(["pi"]);
  expect(await checkout.up()).toMatchObject({ exitCode: 0 });
  expect(await checkout.ssh("london", "cat /etc/motd")).toBe("london");
  expect(await drifted()).toEqual({});

  await checkout.remove("hosts/tiny/london.ts");
  expect(await checkout.up(["--allow-deletes", String(ITS)])).toMatchObject({
    exitCode: 0,
    changes: { summary: { create: 0, update: 0, delete: ITS } },
  });
  expect(await instances()).toEqual([]);
  await expect.poll(hosts, { timeout: 90_000 }).toEqual(["pi"]);
});
