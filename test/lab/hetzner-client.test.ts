import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publicKey, startTestCloud, type TestCloud } from "../clouds/hetzner-client.ts";
import { testPython } from "./python.ts";

const run = promisify(execFile);
let cloud: TestCloud;
beforeAll(async () => void (cloud = await startTestCloud()));
afterAll(() => cloud.close());

test("the vendor's Python client drives a whole life of every resource", async () => {
  const env = { ...process.env, HCLOUD_TOKEN: cloud.token, HCLOUD_ENDPOINT: cloud.url, PUBLIC_KEY: publicKey() };
  const { stdout } = await run(await testPython(), [join(import.meta.dirname, "hetzner_client.py")], { env });
  expect(JSON.parse(stdout)).toEqual({
    catalogue: {
      locations: ["fsn1", "nbg1", "hel1", "ash", "hil", "sin"],
      cx43: 8,
      image: "debian",
      datacenter: "hel1",
      isos: true,
      "types with a price": true,
    },
    "ssh key": { "found by fingerprint": "laptop", "same key again": "uniqueness_error", renamed: "desktop" },
    "firewall rules": 2,
    network: { subnets: ["10.20.1.0/24", "10.20.2.0/24"], routes: 1 },
    "just made": "starting",
    server: {
      status: "running",
      type: "cx23",
      image: "debian-12",
      "in network": true,
      volumes: true,
      firewalls: true,
      "placement group": "apart",
      "found by label": ["web-1"],
      "firewall in use": "resource_in_use",
    },
    "powered off": "off",
    changed: { name: "web-2", type: "cx33", rdns: "one.example.com", protected: "protected" },
    snapshots: ["before"],
    volume: { size: 20, "in use": "resource_in_use", device: true },
    "left over": [],
  });
  expect(await cloud.machines.list()).toEqual([]);
});
