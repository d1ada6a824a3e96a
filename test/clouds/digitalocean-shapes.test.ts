import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { startTestCloud, type Reply, type TestCloud } from "./digitalocean-client.ts";
import { publicKey } from "./hetzner-client.ts";

/** The vendor's own description of its replies. */
const vendor = JSON.parse(readFileSync(join(import.meta.dirname, "digitalocean-replies.json"), "utf8")) as {
  replies: Record<string, { status: number }>;
  $defs: Record<string, object>;
};
const check = (schema: object, body: unknown): string[] => {
  const result = z
    .fromJSONSchema({ ...schema, $defs: vendor.$defs } as Parameters<typeof z.fromJSONSchema>[0])
    .safeParse(body);
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
};
const problems = (reply: string, { status, body }: Reply): string[] => {
  const { status: expected, ...schema } = vendor.replies[reply]!;
  return [...(status === expected ? [] : [`status ${status} instead of ${expected}`]), ...check(schema, body)];
};

let cloud: TestCloud;
/** The vendor's name of each reply → the path to it. */
const paths: Record<string, string> = {};
const made: [reply: string, found: string[]][] = [];

/** One of each kind, tied to each other as much as they can be. */
beforeAll(async () => {
  cloud = await startTestCloud();
  const make = async (kind: string, body: object, path = kind): Promise<any> => {
    const reply = await cloud.call("POST", path, body);
    made.push([`POST ${kind}`, problems(`POST ${kind}`, reply)]);
    return reply.body;
  };
  const { ssh_key } = await make("/account/keys", { name: "k", public_key: publicKey() });
  const { vpc } = await make("/vpcs", { name: "inner", region: "fra1", ip_range: "10.9.0.0/24" });
  const { volume } = await make("/volumes", { name: "data", region: "fra1", size_gigabytes: 5, tags: ["data"] });
  await make("/tags", { name: "web" });
  const wanted = { name: "w", region: "fra1", size: "c-2", image: "fedora-43-x64", tags: ["web"], ipv6: true };
  const { droplet, links } = await make("/droplets", {
    ...wanted,
    vpc_uuid: vpc.id,
    ssh_keys: [ssh_key.id],
    backups: true,
  });
  await cloud.wait(links.actions[0]);
  const rule = { protocol: "tcp", ports: "22", sources: { addresses: ["0.0.0.0/0", "::/0"] } };
  const out = { protocol: "icmp", destinations: { tags: ["web"] } };
  const { firewall } = await make("/firewalls", {
    name: "fw",
    inbound_rules: [rule],
    outbound_rules: [out],
    tags: ["web"],
  });
  const { reserved_ip } = await make("/reserved_ips", { region: "fra1" });
  const ip = reserved_ip.ip;
  await cloud.wait(
    (
      await make(
        "/reserved_ips/{id}/actions",
        { type: "assign", droplet_id: droplet.id },
        `/reserved_ips/${ip}/actions`,
      )
    ).action,
  );
  const attach = { type: "attach", droplet_id: droplet.id };
  await cloud.wait((await make("/volumes/{id}/actions", attach, `/volumes/${volume.id}/actions`)).action);
  const { snapshot } = await make("/volumes/{id}/snapshots", { name: "s" }, `/volumes/${volume.id}/snapshots`);
  const { action } = await make(
    "/droplets/{id}/actions",
    { type: "snapshot", name: "p" },
    `/droplets/${droplet.id}/actions`,
  );
  await cloud.wait(action);
  const { project } = await make("/projects", { name: "prod", purpose: "Web Application", environment: "production" });
  await make(
    "/projects/{id}/resources",
    { resources: [`do:droplet:${droplet.id}`] },
    `/projects/${project.id}/resources`,
  );
  await make("/domains", { name: "example.com", ip_address: "203.0.113.4" });
  const record = { type: "MX", name: "@", data: "mail.example.com.", priority: 10 };
  await make("/domains/{id}/records", record, "/domains/example.com/records");
  const ids: Record<string, string | number> = {
    "/account/keys": ssh_key.id,
    "/actions": action.id,
    "/domains": "example.com",
    "/droplets": droplet.id,
    "/firewalls": firewall.id,
    "/images": "fedora-43-x64",
    "/projects": project.id,
    "/reserved_ips": ip,
    "/snapshots": snapshot.id,
    "/tags": "web",
    "/volumes": volume.id,
    "/vpcs": vpc.id,
  };
  for (const reply of Object.keys(vendor.replies)) {
    const [method, path = ""] = reply.split(" ");
    const [kind = ""] = path.split("/{id}");
    if (method === "GET") paths[reply] = path.replace("{id}", String(ids[kind]));
  }
});
afterAll(() => cloud.close());

test("replies to making one of each", () => {
  expect(made).toEqual(made.map(([reply]) => [reply, []]));
  const posts = Object.keys(vendor.replies).filter((reply) => reply.startsWith("POST "));
  expect(made.map(([reply]) => reply).toSorted()).toEqual(posts.toSorted());
});

test.each(Object.keys(vendor.replies).filter((reply) => reply.startsWith("GET ")))("%s", async (reply) => {
  expect(problems(reply, await cloud.call("GET", paths[reply]!))).toEqual([]);
});

test("errors", async () => {
  for (const path of ["/droplets/1", "/nothing"])
    expect(check(vendor.$defs.error!, (await cloud.call("GET", path)).body)).toEqual([]);
});

test("a reply that lacks what the vendor sends is noticed", () => {
  expect(check(vendor.$defs.sshKeys!, { id: 1, name: "k" })).toContain(
    "fingerprint: Invalid input: expected string, received undefined",
  );
});
