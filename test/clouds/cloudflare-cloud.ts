import { randomBytes } from "node:crypto";
import Cloudflare, { APIError } from "cloudflare";
import { createCloudflare, seedZone } from "../../src/lab/clouds/cloudflare/index.ts";
import { Faults } from "../../src/lab/clouds/http/faults.ts";
import { startCloud } from "../../src/lab/clouds/http/server.ts";
import { Store } from "../../src/lab/clouds/store.ts";

export const account_id = "3c64fc322ef36bd9138c7bc46382f559";
export const zone_id = "61aa2fc5577e9f95ec50a60b3e78a001";

/** A local Cloudflare with one zone, example.com, and the vendor's own client for it. */
export async function startCloudflare(file = ":memory:") {
  const store = new Store(file);
  const token = randomBytes(20).toString("hex");
  const faults = new Faults();
  seedZone(store, { id: zone_id, name: "example.com", accountId: account_id });
  const crashes: unknown[] = [];
  const cloud = await startCloud(createCloudflare(store, token), { faults, onCrash: (error) => crashes.push(error) });
  const client = new Cloudflare({ apiToken: token, baseURL: cloud.url, maxRetries: 0 });
  const close = async () => {
    await cloud.close();
    store.close();
    if (crashes.length > 0) throw crashes[0];
  };
  return { client, store, token, faults, url: cloud.url, close };
}

/** What the client throws for a refused call: its class, the HTTP status and Cloudflare's codes. */
export async function refusal(call: Promise<unknown>) {
  try {
    await call;
  } catch (error) {
    if (error instanceof APIError)
      return { class: error.constructor.name, status: error.status, codes: error.errors.map(({ code }) => code) };
    throw error;
  }
  throw new Error("the call was not refused");
}

export async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of pages) items.push(item);
  return items;
}
