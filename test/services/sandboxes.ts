import { app } from "../../services/app/index.ts";
import { job } from "../../services/job/index.ts";
import { ollama } from "../../services/ollama/index.ts";
import { servicesOf } from "../../services/wireguard/mesh.ts";
import { loadFleet } from "../../src/load/fleet.ts";
import type { Bundle } from "../../src/model/bundle.ts";
import { contextOf } from "../../src/model/host.ts";
import type { HostContext, Service } from "../../src/model/service.ts";
import { host, show } from "./render.ts";

/** A unit of ours that runs a program, and what it may do. */
export interface Sandbox {
  /** "ollama.service of ollama". */
  label: string;
  /** The keys of its [Service] section, in order. */
  keys: [string, string][];
  user: string;
  /** The folders that it may write to. */
  writes: string[];
  /** All folders that the services of its host declare. */
  directories: Bundle["directories"];
}

const program = { description: "Runs", run: "/opt/program" };
/** Programs with whatever changes their sandbox, besides what the fleets have. */
const samples: Service[] = [
  app({ ...program, name: "own-state" }),
  app({ ...program, name: "given-state", state: "/srv/given/state" }),
  app({ ...program, name: "given-account", account: "games" }),
  job({ ...program, name: "as-root", account: "root", state: "/opt/data" }),
  job({ ...program, name: "homes", loosened: { homes: "its settings are there" } }),
];
const elsewhere = ollama({ model: "a:b", keepAlive: "forever", models: "/srv/models" });

/** Every unit with a program that any service of the fleets has, once; and those of the samples. */
export async function sandboxes(): Promise<Sandbox[]> {
  const fleets = await Promise.all(["alaivos", "vault1984"].map((name) => loadFleet(name)));
  const hosts = fleets.flatMap(({ fleet }) =>
    fleet.hosts.map((one) => ({ services: servicesOf(fleet)(one), context: contextOf(one) })),
  );
  const all = [...hosts, { services: samples, context: host() }, { services: [elsewhere], context: host() }].flatMap(
    ofHost,
  );
  return [...new Map(all.map((sandbox) => [sandbox.label + sandbox.writes.join(), sandbox])).values()];
}

function ofHost({ services, context }: { services: Service[]; context: HostContext }): Sandbox[] {
  const bundles = services.map((service) => ({ kind: service.kind, bundle: service.render(context) }));
  const directories = Object.assign({}, ...bundles.map(({ bundle }) => bundle.directories)) as Bundle["directories"];
  return bundles.flatMap(({ kind, bundle }) =>
    Object.entries(bundle.units)
      .filter(([name, { text }]) => name.endsWith(".service") && text !== undefined)
      .map(([name, { text }]) => {
        const keys = serviceKeys(show(text));
        const value = (key: string) => keys.find(([k]) => k === key)?.[1];
        return {
          label: `${name} of ${kind}`,
          keys,
          user: value("User") ?? (value("DynamicUser") ? "another each time" : "root"),
          writes: value("ReadWritePaths")?.split(" ") ?? [],
          directories,
        };
      }),
  );
}

const serviceKeys = (text: string): [string, string][] =>
  text
    .slice(text.indexOf("[Service]\n"))
    .split("\n\n")[0]!
    .split("\n")
    .slice(1)
    .flatMap((line) =>
      line.includes("=") ? [[line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]] : [],
    );
