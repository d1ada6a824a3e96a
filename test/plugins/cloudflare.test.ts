import { afterAll, beforeEach, expect, test } from "vitest";
import { createCloudflarePlugin } from "../../src/lab/plugins/cloudflare/index.ts";
import { tokenOf } from "../../src/lab/plugins/cloudflare/facts.ts";
import { Secret, type Properties } from "../../src/plugin/types.ts";
import { account_id as accountId, all, startCloudflare, zone_id as zoneId } from "../clouds/cloudflare-cloud.ts";

const cloud = await startCloudflare();
afterAll(() => cloud.close());
beforeEach(() => void cloud.faults.clear());

const plugin = createCloudflarePlugin({ url: cloud.url, token: cloud.token });
const create = (name: string, inputs: Properties) =>
  plugin.resources[tokenOf(name)]!.create({ urn: "", inputs, preview: false, timeoutSeconds: 0 });
const records = plugin.resources[tokenOf("dnsRecord")]!;
const inputs = (name: string): Properties => ({
  zoneId,
  name: `${name}.example.com`,
  type: "A",
  content: "192.0.2.1",
  ttl: 1,
});
const named = async (name: string) =>
  all(cloud.client.dns.records.list({ zone_id: zoneId, name: { exact: `${name}.example.com` } }));

test("waits and asks again when it asks too often, and when a read fails", async () => {
  cloud.faults.add({ fault: "status", status: 429, times: 1, method: "POST" });
  cloud.faults.add({ fault: "status", status: 500, times: 1, method: "GET" });
  expect((await create("dnsRecord", inputs("busy"))).state).toMatchObject(inputs("busy"));
  expect(await named("busy")).toHaveLength(1);
});

test("does not repeat a creation whose reply was lost", async () => {
  cloud.faults.add({ fault: "lost-reply", times: 1, method: "POST" });
  await expect(create("dnsRecord", inputs("lost"))).rejects.toThrow(
    /POST \/zones\/\w+\/dns_records: no answer from http/,
  );
  expect(await named("lost")).toHaveLength(1);
});

test("what exists but cannot be read back is not forgotten", async () => {
  cloud.faults.add({ fault: "status", status: 403, times: 1, method: "GET" });
  await expect(create("dnsRecord", inputs("blind"))).rejects.toMatchObject({
    name: "PartialFailure",
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
});

test("only what is gone for certain is reported as gone", async () => {
  const { id, state } = await create("dnsRecord", inputs("going"));
  const read = () => records.read({ urn: "", id, inputs: inputs("going"), state });
  expect(await read()).toMatchObject({ id, inputs: inputs("going") });
  cloud.faults.add({ fault: "status", status: 403, times: 1 });
  await expect(read()).rejects.toThrow("403");
  await records.delete({ urn: "", id, state, timeoutSeconds: 0 });
  expect(await read()).toBeUndefined();
  await records.delete({ urn: "", id, state, timeoutSeconds: 0 });
});

test("a secret never reaches an error", async () => {
  const script: Properties = {
    accountId,
    scriptName: "s",
    mainModule: "m.mjs",
    content: "x",
    bindings: [{ name: "A", type: "inherit", text: new Secret("hidden") }],
  };
  const error = await create("workersScript", script).then(
    () => new Error("it was made"),
    (caught: Error) => caught,
  );
  expect(error.message).toContain('Cannot inherit the binding "A"');
  expect(error.message).not.toContain("hidden");
  expect(error.message).not.toContain(cloud.token);
});

test.each([
  ["dnsRecord", "only-one-part", /use zoneId\/id/],
  ["r2CustomDomain", "a/b/c", /cannot be imported/],
])("a wrong import id of %s is explained", async (name, id, message) => {
  await expect(plugin.resources[tokenOf(name)]!.read({ urn: "", id })).rejects.toThrow(message);
});
