import { generateKeyPairSync } from "node:crypto";
import { Faults } from "../../src/lab/clouds/http/faults.ts";
import { startCloud } from "../../src/lab/clouds/http/server.ts";
import { createHetzner, newHetznerToken, type HetznerCloud } from "../../src/lab/clouds/hetzner/index.ts";
import { Store } from "../../src/lab/clouds/store.ts";
import { fakeMachines, type FakeMachines } from "./fake-machines.ts";

// Replies are whatever the vendor's shape holds; the tests say what they expect of it.
type Json = any;

export interface Reply {
  status: number;
  body: Json;
  headers: Headers;
}

export interface TestCloud {
  url: string;
  token: string;
  hetzner: HetznerCloud;
  machines: FakeMachines;
  faults: Faults;
  call(method: string, path: string, body?: unknown): Promise<Reply>;
  /** POST that has to succeed. */
  make: (path: string, body: unknown) => Promise<Json>;
  /** Polls an action to its end. */
  wait(action: { id: number }): Promise<Json>;
  close(): Promise<void>;
}

/** A local Hetzner Cloud over machines in memory, and a plain client for it. */
export async function startTestCloud(store = new Store(":memory:"), machines = fakeMachines()): Promise<TestCloud> {
  const token = newHetznerToken();
  const faults = new Faults();
  const hetzner = createHetzner({ store, machines, token });
  const crashes: unknown[] = [];
  const { url, close } = await startCloud(hetzner.definition, { faults, onCrash: (error) => crashes.push(error) });

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
  return {
    url,
    token,
    hetzner,
    machines,
    faults,
    call,
    close,
    make: async (path, body) => {
      const reply = await call("POST", path, body);
      if (reply.status >= 300) throw new Error(`POST ${path}: ${JSON.stringify(reply.body)}`);
      return reply.body;
    },
    wait: async ({ id }) => {
      for (;;) {
        const { body } = await call("GET", `/actions/${id}`);
        if (body.action.status !== "running") return body.action;
      }
    },
  };
}

/** A fresh OpenSSH public key. */
export function publicKey(comment = "test"): string {
  const { publicKey: key } = generateKeyPairSync("ed25519");
  const raw = key.export({ type: "spki", format: "der" }).subarray(-32);
  const part = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return `ssh-ed25519 ${Buffer.concat([part(Buffer.from("ssh-ed25519")), part(raw)]).toString("base64")} ${comment}`;
}
