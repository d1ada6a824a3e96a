import type { CloudReply, CloudRequest, Route } from "../http/types.ts";
import type { Store } from "../store.ts";
import { accountOf } from "./account.ts";
import { nestedField } from "./form-fields.ts";
import { bodyOf, now, ok, type Json } from "./reply.ts";
import { saveScript, scriptOf, scripts, type WorkerScript } from "./workers-store.ts";
import { uploadedScript } from "./workers-upload.ts";

export function workerRoutes(store: Store): Route[] {
  const base = "/accounts/{account_id}/workers/scripts";
  const one = `${base}/{script}`;
  const script = (request: CloudRequest): WorkerScript => scriptOf(store, request);
  const save = (changed: WorkerScript): WorkerScript => saveScript(store, { ...changed, modified_on: now() });

  const upload = async (request: CloudRequest): Promise<CloudReply> => {
    const [account, name] = [accountOf(request), request.params.script ?? ""];
    return ok(
      render(saveScript(store, await uploadedScript(request, account, name, scripts(store).get(`${account}/${name}`)))),
    );
  };
  const uploadContent = async (request: CloudRequest): Promise<CloudReply> => {
    const old = script(request);
    const fresh = await uploadedScript(request, old.account, old.name, old);
    return ok(render(saveScript(store, { ...fresh, settings: old.settings })));
  };
  const editSettings = async (request: CloudRequest): Promise<CloudReply> => {
    const old = script(request);
    const form = (request.headers["content-type"] ?? "").startsWith("multipart/");
    const changes = form ? await nestedField(await request.form(), "settings") : bodyOf(request);
    return ok(shownSettings(save({ ...old, settings: { ...old.settings, ...(changes as Json) } })));
  };
  const putSecret = (request: CloudRequest): CloudReply => {
    const old = script(request);
    const { name, text } = bodyOf(request);
    const others = bindingsOf(old).filter((binding) => binding.name !== name);
    save({ ...old, settings: { ...old.settings, bindings: [...others, { name, type: "secret_text", text }] } });
    return ok({ name, type: "secret_text" });
  };
  const deleteSecret = (request: CloudRequest): CloudReply => {
    const old = script(request);
    save({
      ...old,
      settings: {
        ...old.settings,
        bindings: bindingsOf(old).filter((binding) => binding.name !== request.params.secret),
      },
    });
    return ok(null);
  };

  return [
    {
      method: "GET",
      path: base,
      handle: (request) =>
        ok(
          scripts(store)
            .list()
            .filter(({ account }) => account === accountOf(request))
            .map(render),
        ),
    },
    { method: "PUT", path: one, handle: upload },
    { method: "GET", path: one, handle: (request) => content(script(request)) },
    {
      method: "DELETE",
      path: one,
      handle: (request) => {
        const { account, name } = script(request);
        scripts(store).delete(`${account}/${name}`);
        return ok({ id: name });
      },
    },
    { method: "PUT", path: `${one}/content`, handle: uploadContent },
    { method: "GET", path: `${one}/content/v2`, handle: (request) => content(script(request)) },
    { method: "GET", path: `${one}/settings`, handle: (request) => ok(shownSettings(script(request))) },
    { method: "PATCH", path: `${one}/settings`, handle: editSettings },
    { method: "GET", path: `${one}/script-settings`, handle: (request) => ok(scriptSettings(script(request))) },
    {
      method: "PATCH",
      path: `${one}/script-settings`,
      handle: (request) =>
        ok(scriptSettings(save({ ...script(request), settings: { ...script(request).settings, ...bodyOf(request) } }))),
    },
    { method: "GET", path: `${one}/schedules`, handle: (request) => ok({ schedules: script(request).schedules }) },
    {
      method: "PUT",
      path: `${one}/schedules`,
      handle: (request) => {
        const schedules = (request.json() as Json[]).map(({ cron }) => ({
          cron,
          created_on: now(),
          modified_on: now(),
        }));
        return ok({ schedules: save({ ...script(request), schedules }).schedules });
      },
    },
    { method: "GET", path: `${one}/subdomain`, handle: (request) => ok(script(request).subdomain) },
    {
      method: "POST",
      path: `${one}/subdomain`,
      handle: (request) =>
        ok(save({ ...script(request), subdomain: { ...script(request).subdomain, ...bodyOf(request) } }).subdomain),
    },
    {
      method: "GET",
      path: `${one}/secrets`,
      handle: (request) =>
        ok(
          bindingsOf(script(request))
            .filter(({ type }) => type === "secret_text")
            .map(({ name, type }) => ({ name, type })),
        ),
    },
    { method: "PUT", path: `${one}/secrets`, handle: putSecret },
    { method: "DELETE", path: `${one}/secrets/{secret}`, handle: deleteSecret },
  ];
}

const bindingsOf = (script: WorkerScript): Json[] => (script.settings.bindings ?? []) as Json[];

const render = (script: WorkerScript): Json => ({
  id: script.name,
  etag: script.etag,
  created_on: script.created_on,
  modified_on: script.modified_on,
  handlers: ["fetch"],
  has_modules: script.main !== undefined,
  has_assets: false,
  last_deployed_from: "api",
  startup_time_ms: 1,
  usage_model: script.settings.usage_model ?? "standard",
  compatibility_date: script.settings.compatibility_date,
  compatibility_flags: script.settings.compatibility_flags,
  logpush: script.settings.logpush ?? false,
  tail_consumers: script.settings.tail_consumers ?? null,
  observability: script.settings.observability,
  placement_mode: (script.settings.placement as Json | undefined)?.mode,
});

/** The API never gives a secret back. */
function shownSettings(script: WorkerScript): Json {
  const bindings = bindingsOf(script).map((binding) =>
    binding.type === "secret_text" ? { name: binding.name, type: binding.type } : binding,
  );
  return {
    logpush: false,
    tags: null,
    tail_consumers: null,
    placement: {},
    usage_model: "standard",
    ...script.settings,
    bindings,
  };
}

function scriptSettings({ settings }: WorkerScript): Json {
  return {
    logpush: settings.logpush ?? false,
    tags: settings.tags ?? null,
    tail_consumers: settings.tail_consumers ?? null,
    observability: settings.observability ?? null,
  };
}

/** The bare text of a single module, a form of all modules otherwise. */
async function content(script: WorkerScript): Promise<CloudReply> {
  const [first, ...others] = script.modules;
  const entry = { etag: script.etag, ...(script.main === undefined ? {} : { "cf-entrypoint": script.main }) };
  if (first === undefined || others.length === 0) {
    return {
      body: Buffer.from(first?.base64 ?? "", "base64"),
      headers: { ...entry, "Content-Type": "application/javascript" },
    };
  }
  const form = new FormData();
  for (const module of script.modules)
    form.append(module.name, new File([Buffer.from(module.base64, "base64")], module.name, { type: module.type }));
  const encoded = new Response(form);
  return {
    body: Buffer.from(await encoded.arrayBuffer()),
    headers: { ...entry, "Content-Type": encoded.headers.get("content-type") ?? "" },
  };
}
