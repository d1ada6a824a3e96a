import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { DigitalOceanClient } from "../../../src/clouds/digitalocean/client.ts";
import { digitalocean as vendor } from "../../../src/clouds/digitalocean/index.ts";
import { isGone } from "../../../src/clouds/gone.ts";
import { lookAtKinds } from "../../../src/clouds/look.ts";
import { fleet, type Fleet } from "../../../src/model/fleet.ts";
import { digitalocean } from "../../../src/model/host.ts";
import { startTestCloud } from "../digitalocean-client.ts";

const look = (of: Fleet, env: NodeJS.ProcessEnv) =>
  lookAtKinds({ stack: "test", fleet: of, state: [], env, script: () => undefined });
const size = { size: "s-1vcpu-1gb", region: "nyc3" } as const;
const web = (more: object = {}) =>
  fleet({ name: "test", hosts: [digitalocean({ name: "web", os: "debian", ...size, ...more })] });
const at = async (...droplets: string[][]) => {
  const cloud = await startTestCloud();
  onTestFinished(() => cloud.close());
  const ids: string[] = [];
  for (const tags of droplets) ids.push(String((await cloud.makeDroplet({ tags })).id));
  return { ...cloud, ids, env: { DIGITALOCEAN_API_URL: cloud.endpoint, DIGITALOCEAN_TOKEN: cloud.token } };
};
const ours = ["fleet:test"];
const taken = "digitalocean/droplet/web";

test.each<[string, string[][], object, number | undefined, string[]]>([
  ["nothing is there", [], {}, undefined, []],
  ["ours by its tag is taken over", [ours], {}, 0, []],
  ["ours beside one of another fleet is taken over", [["fleet:other"], ours], {}, 1, []],
  ["adopted by the file's word is taken over", [[]], { adopt: true }, 0, []],
  ["without a tag is not ours", [[]], {}, undefined, ["droplet web exists at DigitalOcean and is not ours"]],
  ["of another fleet is no clash: names are shared", [["fleet:other"]], {}, undefined, []],
  ["twice there is not guessed at", [[], []], { adopt: true }, undefined, ["web"]],
])("a droplet of the name: %s", async (_, droplets, more, which, refused) => {
  const { env, ids } = await at(...droplets);
  const seen = await look(web(more), env);
  expect(seen.view.existing[taken]).toBe(which === undefined ? undefined : ids[which]);
  expect(seen.refused).toEqual(refused.map((part) => expect.stringContaining(part) as string));
});

test("an id says which of two is meant", async () => {
  const { env, ids } = await at([], []);
  expect((await look(web({ adopt: true, id: ids[1] }), env)).view.existing[taken]).toBe(ids[1]);
});

const rule = { protocol: "tcp", ports: "22", sources: { addresses: ["0.0.0.0/0"] } };
test.each<[string, string[], string[]]>([
  ["for its droplet's tag is taken over", ["firewall:test:web"], []],
  ["for other things is not ours", ["lonely"], ["it is for lonely there"]],
  ["for nothing is not ours", [], ["it is for no tag there"]],
])("a firewall of the name %s", async (_, tags, refused) => {
  const { env, ...cloud } = await at();
  for (const name of tags) await cloud.done("POST", "/tags", { name });
  await cloud.done("POST", "/firewalls", { name: "test-web", tags, inbound_rules: [rule] });
  const seen = await look(web(), env);
  expect(seen.refused).toEqual(refused.map((part) => expect.stringContaining(part) as string));
  expect(seen.view.adopt.includes("digitalocean/firewall/web-firewall")).toBe(refused.length === 0);
});

test("a refused token is named, never shown; an API out of reach is named", async () => {
  const { env } = await at();
  const error = await look(web(), { ...env, DIGITALOCEAN_TOKEN: "wrong-token" }).catch((e: Error) => e.message);
  expect(error).toMatch(/DigitalOcean answered 401 .*check its token/);
  expect(error).not.toContain("wrong-token");
  await expect(look(web(), { ...env, DIGITALOCEAN_API_URL: "http://127.0.0.1:1" })).rejects.toThrow(
    "DigitalOcean cannot be reached",
  );
});

test("a machine is gone only when its provider says so to a token of its own account", async () => {
  const { env, ids, ...cloud } = await at(ours);
  const { firewall } = await cloud.done("POST", "/firewalls", { name: "test-web", inbound_rules: [rule] });
  const account = `digitalocean:firewall/${firewall.id}`;
  const ask = (droplet: string, of?: string, more = {}) =>
    isGone(`digitalocean:droplet/${droplet}`, of, { ...env, ...more });

  expect(await ask(ids[0]!, account)).toBe(false);
  expect(await ask("1", account)).toBe(true);
  await expect(ask("1")).rejects.toThrow("nothing in the state shows of which account at DigitalOcean");
  await expect(ask("1", "digitalocean:firewall/other")).rejects.toThrow(
    "DIGITALOCEAN_TOKEN does not see digitalocean firewall other, which was made with it",
  );
  await expect(ask("1", account, { DIGITALOCEAN_TOKEN: undefined })).rejects.toThrow("DIGITALOCEAN_TOKEN is not set");
  await expect(ask("1", account, { DIGITALOCEAN_TOKEN: "wrong" })).rejects.toThrow("401");
});

test.each(vendor.kinds.map(({ is }) => is))(
  "%s: its list is read to its end, also when the API is busy",
  async (is) => {
    const { url, asked } = await pages(401);
    const kind = vendor.kinds.find((each) => each.is === is)!;
    const [question] = kind.ask(new DigitalOceanClient({ url, token: "t" }), []);
    expect(new Set((await question!.list()).map(({ id }) => id)).size).toBe(401);
    expect(asked).toHaveLength(1 + 3);
  },
);

/** DigitalOcean's lists, as far as pages go: `count` things in each. Whoever asks first is told to come again. */
async function pages(count: number): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const all = Array.from({ length: count }, (_, i) => ({ id: i, name: `n${i}`, ip: `i${i}` }));
  const server = createServer((request, response) => {
    if (asked.push(request.url!) === 1) return void response.writeHead(429, { "retry-after": "0.01" }).end("{}");
    const { pathname, searchParams } = new URL(request.url!, "http://api");
    const last = pathname.split("/").at(-1)!;
    const [size, page] = [Number(searchParams.get("per_page")), Number(searchParams.get("page"))];
    const next = page * size < count && `http://api${pathname}?page=${page + 1}`;
    response.end(
      JSON.stringify({
        [last === "keys" ? "ssh_keys" : last]: all.slice((page - 1) * size, page * size),
        links: { pages: next ? { next } : {} },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
