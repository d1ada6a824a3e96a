import { afterAll, expect, test } from "vitest";
import { admit, tokenOf, tunnelsOf } from "../../src/lab/clouds/cloudflare/tunnels-store.ts";
import { account_id, refusal, startCloudflare } from "./cloudflare-cloud.ts";

const cloud = await startCloudflare();
afterAll(() => cloud.close());
const { cloudflared } = cloud.client.zeroTrust.tunnels;

const make = async (name: string) => (await cloudflared.create({ account_id, name, config_src: "cloudflare" })).id!;

test("a token opens its tunnel until it is revoked or the tunnel goes", async () => {
  const id = await make("home");
  const token = await cloudflared.token.get(id, { account_id });
  expect(admit(cloud.store, token)).toMatchObject({ id });
  expect(admit(cloud.store, "nonsense")).toBe("Unauthorized: Tunnel not found");
  await cloudflared.edit(id, { account_id, tunnel_secret: Buffer.alloc(32, 1).toString("base64") });
  expect(admit(cloud.store, token)).toBe("Unauthorized: Invalid tunnel secret");
  await cloudflared.delete(id, { account_id });
  expect(admit(cloud.store, tokenOf(tunnelsOf(cloud.store).get(id)!))).toBe("Unauthorized: Tunnel not found");
});

test("a configuration is one document, and what is empty is filled in", async () => {
  const id = await make("office");
  const { configurations } = cloudflared;
  expect(await configurations.get(id, { account_id })).toMatchObject({ config: null, version: 0 });
  const ingress = [{ hostname: "a.example.com", service: "http://localhost:80" }, { service: "http_status:404" }];
  expect(await configurations.update(id, { account_id, config: { ingress } as never })).toMatchObject({
    version: 1,
    config: { ingress: [{ ...ingress[0], originRequest: {} }, ingress[1]], "warp-routing": { enabled: false } },
  });
  const refused = configurations.update(id, { account_id, config: { ingress: ingress.slice(0, 1) } as never });
  expect(await refusal(refused)).toMatchObject({ status: 400, codes: [1056] });
});
