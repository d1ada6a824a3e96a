import { edgeThings, type EdgeThing } from "../../graph/edge-things.ts";
import { namesOf, type NameLead } from "../../graph/names.ts";
import type { Host } from "../../model/host.ts";
import { refsIn } from "../../model/references.ts";
import type { FleetView, Placed } from "../../model/view.ts";
import { viewOf } from "../../rules/view.ts";
import type { SecretSpec } from "../../model/secret.ts";
import { isActive } from "../../model/status.ts";
import type { ReportedRow } from "../drift.ts";
import { Answers, healthOf, type Answer, type Health, type Known, worstOf } from "./answers.ts";
import type { PageFacts } from "./facts.ts";

export interface ServiceOnPage extends Known {
  placed: Placed;
  health: Health;
  /** Names of the secrets that it is given. */
  secrets: string[];
}

export interface HostOnPage {
  host: Host;
  file: string;
  services: ServiceOnPage[];
  /** What else of it is in the stack: server, firewall, keys. */
  others: ReportedRow[];
  answer: Answer;
}

export interface SecretOnPage {
  spec: SecretSpec;
  /** What refers to it: "ghost-01/nginx", "Worker hub". */
  uses: string[];
}

/** What the page shows, put together from the facts. */
export interface PageModel {
  facts: PageFacts;
  view: FleetView;
  hosts: HostOnPage[];
  names: (NameLead & Known)[];
  edge: (EdgeThing & Known)[];
  secrets: SecretOnPage[];
  /** Drifted, unknown or failed over, and in none of the lists above. */
  rest: ReportedRow[];
  /** Of everything that is declared, and of everything else that was looked at. */
  answers: Answer[];
}

export function pageModel(facts: PageFacts): PageModel {
  const { fleet } = facts;
  const view = viewOf(fleet);
  const answers = new Answers(facts);
  const uses = secretUses(view);
  const names = namesOnPage(facts, answers);
  const edge = edgeThings(fleet.edge).map((thing) => ({ ...thing, ...edgeAnswer(thing, answers) }));
  const hosts = fleet.hosts.map((host) => hostOnPage(host, view, facts, answers, uses));
  const rest = answers.rest();
  const parts = [...hosts.flatMap((host) => host.services), ...names, ...edge].map((part) => part.answer);
  const all = [...parts, ...[...hosts.flatMap((host) => host.others), ...rest].map((row) => row.status)];
  return {
    facts,
    view,
    hosts,
    names,
    edge,
    rest: rest.filter((row) => row.status !== "same" || row.failedOver),
    answers: all,
    secrets: fleet.secrets.map((spec) => ({
      spec,
      uses: [...new Set(uses.filter((use) => use.secret === spec.name).map((use) => use.by))],
    })),
  };
}

function hostOnPage(
  host: Host,
  view: FleetView,
  { files }: PageFacts,
  answers: Answers,
  uses: readonly SecretUse[],
): HostOnPage {
  const services = view.placed
    .filter((p) => p.host === host)
    .map((placed): ServiceOnPage => {
      const known = answers.of("fleet:host:Service", placed.label, placed.active);
      return {
        ...known,
        placed,
        health: healthOf(known, placed.bundle),
        secrets: [...new Set(uses.filter((use) => use.by === placed.label).map((use) => use.secret))],
      };
    });
  const others = answers.othersOf(host.name);
  const parts = [...services.map((s) => s.answer), ...others.map((row) => row.status)];
  return { host, file: files[host.name] ?? "", services, others, answer: isActive(host) ? worstOf(parts) : "planned" };
}

/** Names at the edge are resources of their own kinds. */
function namesOnPage({ fleet }: PageFacts, answers: Answers): (NameLead & Known)[] {
  return namesOf(fleet).map((lead) => {
    if (lead.record === undefined) return { ...lead, ...nameAtEdge(lead, answers) };
    const isOurs = fleet.zones.some((zone) => zone.name === lead.zone && zone.provider === "cloudflare");
    if (!isOurs) return { ...lead, answer: lead.planned ? "planned" : "unseen" };
    return { ...lead, ...answers.of("cloudflare:index/dnsRecord:DnsRecord", lead.record, !lead.planned) };
  });
}

const NAME_TYPES: Partial<Record<EdgeThing["kind"], string>> = {
  worker: "cloudflare:index/workersCustomDomain:WorkersCustomDomain",
  pages: "cloudflare:index/pagesDomain:PagesDomain",
  bucket: "cloudflare:index/r2CustomDomain:R2CustomDomain",
};
const THING_TYPES: Partial<Record<EdgeThing["kind"], string>> = {
  worker: "cloudflare:index/workersScript:WorkersScript",
  pages: "cloudflare:index/pagesProject:PagesProject",
  bucket: "cloudflare:index/r2Bucket:R2Bucket",
  kv: "cloudflare:index/workersKvNamespace:WorkersKvNamespace",
  database: "cloudflare:index/d1Database:D1Database",
};

function nameAtEdge({ name, to, planned }: NameLead, answers: Answers): Known {
  const kind = to!.split("/")[0] as EdgeThing["kind"];
  const type = kind === "worker" && /[/*]/.test(name) ? "cloudflare:index/workersRoute:WorkersRoute" : NAME_TYPES[kind];
  return notYet(type, name, !planned, answers);
}

const edgeAnswer = ({ kind, name, planned }: EdgeThing, answers: Answers): Known =>
  notYet(THING_TYPES[kind], name, !planned, answers);

/** Tunnels and load balancers are only modelled so far. */
const notYet = (type: string | undefined, name: string, active: boolean, answers: Answers): Known =>
  type === undefined ? { answer: active ? "new" : "planned" } : answers.of(type, name, active);

interface SecretUse {
  secret: string;
  by: string;
}

function secretUses(view: FleetView): SecretUse[] {
  const inTexts = refsIn(view)
    .filter(({ ref }) => ref.ref === "secret")
    .map(({ from, ref }) => ({ secret: ref.name, by: from.label }));
  const inWorkers = view.fleet.edge.workers.flatMap(({ name, bindings }) =>
    Object.values(bindings).flatMap((binding) =>
      "secret" in binding ? [{ secret: binding.secret, by: `Worker ${name}` }] : [],
    ),
  );
  return [...inTexts, ...inWorkers];
}
