import { createDigitalOcean, type DigitalOceanCloud } from "../../src/lab/clouds/digitalocean/index.ts";
import { Faults } from "../../src/lab/clouds/http/faults.ts";
import { startCloud } from "../../src/lab/clouds/http/server.ts";
import { Store } from "../../src/lab/clouds/store.ts";
import { newToken } from "../../src/lab/settings.ts";
import { fakeMachines, type FakeMachines } from "./fake-machines.ts";

// Replies are whatever the vendor's shape holds; the tests say what they expect of it.
type Json = any;

export interface Reply {
  status: number;
  body: Json;
  headers: Headers;
}

export interface TestCloud {
  /** As DIGITALOCEAN_API_URL takes it. */
  endpoint: string;
  token: string;
  digitalOcean: DigitalOceanCloud;
  machines: FakeMachines;
  faults: Faults;
  /** @param path below /v2 */
  call(method: string, path: string, body?: unknown): Promise<Reply>;
  /** A call that has to succeed. */
  done(method: string, path: string, body?: unknown): Promise<Json>;
  /** Polls an action to its end. */
  wait(action: { id: number }): Promise<Json>;
  /** A droplet that runs. */
  makeDroplet(more?: object): Promise<Json>;
  close(): Promise<void>;
}

/** A local DigitalOcean over machines in memory, and a plain client for it. */
export async function startTestCloud(store = new Store(":memory:"), machines = fakeMachines()): Promise<TestCloud> {
  const [token, faults] = [newToken(), new Faults()];
  const digitalOcean = createDigitalOcean({ store, machines, token });
  const crashes: unknown[] = [];
  const { url, close } = await startCloud(digitalOcean.definition, { faults, onCrash: (error) => crashes.push(error) });

  const call = async (method: string, path: string, body?: unknown): Promise<Reply> => {
    const response = await fetch(url + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (crashes.length > 0) throw crashes[0];
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text), headers: response.headers };
  };
  const done = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const reply = await call(method, path, body);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  const wait = async ({ id }: { id: number }): Promise<Json> => {
    for (;;) {
      const { action } = await done("GET", `/actions/${id}`);
      if (action.status !== "in-progress") return action;
    }
  };
  return {
    endpoint: url.replace(/\/v2$/, ""),
    token,
    digitalOcean,
    machines,
    faults,
    call,
    done,
    wait,
    makeDroplet: async (more = {}) => {
      const body = { name: "web", size: "s-1vcpu-1gb", image: "debian-12-x64", region: "nyc3", ...more };
      const { droplet, links } = await done("POST", "/droplets", body);
      await wait(links.actions[0]);
      return (await done("GET", `/droplets/${droplet.id}`)).droplet;
    },
    close,
  };
}
