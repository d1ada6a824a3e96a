import { CloudError, type CloudRequest, type Route } from "../http/types.ts";
import type { Store } from "../store.ts";
import { bodyOf, invalid, newId, now, ok, text, type Json } from "./reply.ts";

interface Ruleset {
  id: string;
  /** The path in front of /rulesets: an account or a zone. */
  owner: string;
  name: string;
  kind: string;
  phase: string;
  description: string;
  version: string;
  rules: Json[];
  last_updated: string;
}

/** Rulesets of zones and accounts. A phase has one entry point per owner (kinds zone and root). */
export function rulesetRoutes(store: Store): Route[] {
  const rulesets = store.collection<Ruleset>("cloudflare", "rulesets");
  const ownerOf = (request: CloudRequest): string => request.path.split("/").slice(1, 3).join("/");
  const ofOwner = (owner: string): Ruleset[] => rulesets.list().filter((ruleset) => ruleset.owner === owner);
  const entryPoint = (owner: string, phase: string): Ruleset | undefined =>
    ofOwner(owner).find((ruleset) => ruleset.phase === phase && ["zone", "root"].includes(ruleset.kind));

  const find = (request: CloudRequest): Ruleset => {
    const ruleset = rulesets.get(request.params.ruleset ?? "");
    if (ruleset === undefined || ruleset.owner !== ownerOf(request))
      throw new CloudError(404, 10002, "could not find ruleset");
    return ruleset;
  };
  const findEntryPoint = (request: CloudRequest): Ruleset => {
    const found = entryPoint(ownerOf(request), request.params.phase ?? "");
    if (found === undefined)
      throw new CloudError(404, 10003, `could not find entrypoint ruleset in the ${request.params.phase} phase`);
    return found;
  };
  const create = (owner: string, body: Json): Ruleset => {
    const [name, kind, phase] = [text(body, "name"), text(body, "kind"), text(body, "phase")];
    if (["zone", "root"].includes(kind) && entryPoint(owner, phase) !== undefined) {
      throw new CloudError(
        400,
        20217,
        `exceeded maximum number of rulesets 1 for phase ${phase}: an entry point exists already`,
      );
    }
    const id = newId();
    const rules = rulesOf(body, []);
    return rulesets.put(id, {
      id,
      owner,
      name,
      kind,
      phase,
      description: String(body.description ?? ""),
      version: "1",
      rules,
      last_updated: now(),
    });
  };
  const update = (old: Ruleset, body: Json): Ruleset =>
    rulesets.put(old.id, {
      ...old,
      name: String(body.name ?? old.name),
      description: String(body.description ?? old.description),
      rules: body.rules === undefined ? old.rules : rulesOf(body, old.rules),
      version: String(Number(old.version) + 1),
      last_updated: now(),
    });
  const putEntryPoint = (request: CloudRequest, body: Json): Ruleset => {
    const [owner, phase] = [ownerOf(request), request.params.phase ?? ""];
    const old = entryPoint(owner, phase);
    return old === undefined
      ? create(owner, { name: "default", ...body, phase, kind: owner.startsWith("zones") ? "zone" : "root" })
      : update(old, body);
  };
  const changeRule = (request: CloudRequest, change: (rule: Json) => Json[]): Ruleset => {
    const ruleset = find(request);
    if (!ruleset.rules.some((rule) => rule.id === request.params.rule))
      throw new CloudError(404, 10002, "could not find rule");
    return update(ruleset, {
      rules: ruleset.rules.flatMap((rule) => (rule.id === request.params.rule ? change(rule) : [rule])),
    });
  };

  return ["/accounts/{account_id}/rulesets", "/zones/{zone_id}/rulesets"].flatMap((base): Route[] => [
    {
      method: "GET",
      path: base,
      handle: (request) => ok(ofOwner(ownerOf(request)).map(({ rules: _, ...ruleset }) => render(ruleset))),
    },
    { method: "POST", path: base, handle: (request) => ok(render(create(ownerOf(request), bodyOf(request)))) },
    { method: "GET", path: `${base}/{ruleset}`, handle: (request) => ok(render(find(request))) },
    {
      method: "PUT",
      path: `${base}/{ruleset}`,
      handle: (request) => ok(render(update(find(request), { rules: [], ...bodyOf(request) }))),
    },
    {
      method: "DELETE",
      path: `${base}/{ruleset}`,
      handle: (request) => (rulesets.delete(find(request).id), { status: 204 }),
    },
    {
      method: "GET",
      path: `${base}/phases/{phase}/entrypoint`,
      handle: (request) => ok(render(findEntryPoint(request))),
    },
    {
      method: "PUT",
      path: `${base}/phases/{phase}/entrypoint`,
      handle: (request) => ok(render(putEntryPoint(request, bodyOf(request)))),
    },
    {
      method: "POST",
      path: `${base}/{ruleset}/rules`,
      handle: (request) => ok(render(update(find(request), { rules: [...find(request).rules, bodyOf(request)] }))),
    },
    {
      method: "PATCH",
      path: `${base}/{ruleset}/rules/{rule}`,
      handle: (request) => ok(render(changeRule(request, (rule) => [{ ...rule, ...bodyOf(request) }]))),
    },
    {
      method: "DELETE",
      path: `${base}/{ruleset}/rules/{rule}`,
      handle: (request) => ok(render(changeRule(request, () => []))),
    },
  ]);
}

const render = ({ owner: _, ...ruleset }: Omit<Ruleset, "rules">): Json => ruleset;

/** A rule keeps its id when it names it, or by its ref. */
function rulesOf(body: Json, old: Json[]): Json[] {
  const rules = (body.rules ?? []) as Json[];
  return rules.map((rule) => {
    if (typeof rule.action !== "string" || typeof rule.expression !== "string" || rule.expression === "")
      throw invalid("every rule needs an action and an expression");
    const known = old.find((other) =>
      rule.id !== undefined ? other.id === rule.id : rule.ref !== undefined && other.ref === rule.ref,
    );
    const id = String(known?.id ?? rule.id ?? newId());
    return {
      enabled: true,
      ref: id,
      ...rule,
      id,
      version: String(Number(known?.version ?? 0) + 1),
      last_updated: now(),
    };
  });
}
