import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { records } from "../clouds/cloudflare/dns-store.ts";
import type { Store } from "../clouds/store.ts";

const PORTS = { acme: 14000, roots: 15000, dns: 8053, names: 8055 };
const START_SECONDS = 15;
/** As Let's Encrypt's certificates: 90 days. */
const VALID_SECONDS = 90 * 86_400;

export interface Pebble {
  url: string;
  /** What it signs with in the end, in PEM. */
  root: string;
  /** Has its DNS server answer as the local Cloudflare would by now. */
  know(store: Store): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts pebble, and the DNS server for tests that comes with it, in a network namespace; both end with this process,
 * however that ends. @throws Error when it is not installed, or does not start
 */
export async function startPebble(at: {
  namespace: string;
  address: string;
  folder: string;
  certificate: string;
  key: string;
}): Promise<Pebble> {
  const config = join(at.folder, "pebble.json");
  const pebble = {
    listenAddress: `0.0.0.0:${PORTS.acme}`,
    managementListenAddress: `0.0.0.0:${PORTS.roots}`,
    certificate: at.certificate,
    privateKey: at.key,
    httpPort: 80,
    tlsPort: 443,
    certificateValidityPeriod: VALID_SECONDS,
  };
  await writeFile(config, JSON.stringify({ pebble }));
  const children = [
    startIn(at.namespace, [
      "pebble-challtestsrv",
      "-defaultIPv4=",
      "-defaultIPv6=",
      "-http01=",
      "-https01=",
      "-tlsalpn01=",
      `-dns01=127.0.0.1:${PORTS.dns}`,
      `-management=0.0.0.0:${PORTS.names}`,
    ]),
    startIn(at.namespace, ["pebble", "-config", config, "-dnsserver", `127.0.0.1:${PORTS.dns}`]),
  ];
  const close = async () => {
    for (const child of children) if (child.exitCode === null && child.kill("SIGKILL")) await once(child, "exit");
  };
  try {
    const root = await firstAnswer(`https://${at.address}:${PORTS.roots}/roots/0`, children);
    const tell = (path: string, body: object) =>
      fetch(`http://${at.address}:${PORTS.names}/${path}`, { method: "POST", body: JSON.stringify(body) });
    return { url: `https://${at.address}:${PORTS.acme}`, root, know: knowing(tell), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const startIn = (namespace: string, command: string[]): ChildProcess =>
  spawn("setpriv", ["--pdeathsig", "KILL", "ip", "netns", "exec", namespace, ...command], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PEBBLE_VA_NOSLEEP: "1" },
  }).on("error", () => {});

async function firstAnswer(url: string, children: ChildProcess[]): Promise<string> {
  for (const deadline = Date.now() + START_SECONDS * 1000; Date.now() < deadline; await sleep(100)) {
    if (children.some((child) => child.exitCode !== null)) break;
    const answer = await textOf(url).catch(() => undefined);
    if (answer !== undefined) return answer;
  }
  throw new Error("pebble, which gives certificates in the lab, does not start: apt-get install pebble");
}

function textOf(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { rejectUnauthorized: false, agent: false, timeout: 2000 }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.on("end", () => (answer.statusCode === 200 ? resolve(text) : reject(new Error(text))));
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer"))).on("error", reject);
    asked.end();
  });
}

/** The DNS server takes one name after the other, and knows those that it was told before until it is told to forget. */
function knowing(tell: (path: string, body: object) => Promise<unknown>): Pebble["know"] {
  let known: string[] = [];
  return async (store) => {
    for (const host of known) for (const kind of ["a", "cname", "txt"]) await tell(`clear-${kind}`, { host });
    const all = records(store).list();
    known = [...new Set(all.map(({ name }) => `${name}.`))];
    for (const host of known) {
      const of = (type: string) =>
        all.filter((record) => `${record.name}.` === host && record.type === type).map(({ content }) => content);
      if (of("A").length > 0) await tell("add-a", { host, addresses: of("A") });
      for (const target of of("CNAME")) await tell("set-cname", { host, target: `${target}.` });
      for (const value of of("TXT")) await tell("set-txt", { host, value: value.replace(/^"(.*)"$/, "$1") });
    }
  };
}
