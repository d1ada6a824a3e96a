import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { CloudReply, CloudRequest, Route } from "../../http/types.ts";
import type { Api } from "../api/api.ts";
import { digitalOceanError, notFound } from "../api/errors.ts";
import { linkTo, listReply } from "../api/listing.ts";
import type { ProjectRecord } from "../api/records.ts";
import { optional, readBody } from "../api/validate.ts";
import { OWNER } from "./account.ts";

const name = z.string().min(1, "is too short").max(175, "is too long");
const text = z.string().max(255, "is too long");
const environment = z
  .string()
  .transform((given) => `${given.slice(0, 1).toUpperCase()}${given.slice(1).toLowerCase()}`)
  .pipe(z.enum(["Development", "Staging", "Production", ""]));
const CREATE = z.object({ name, purpose: text, description: optional(text), environment: optional(environment) });
const WHOLE = z.object({ name, description: text, purpose: text, environment, is_default: z.boolean() });
const PART = z.object({
  name: optional(name),
  description: optional(text),
  purpose: optional(text),
  environment: optional(environment),
  is_default: optional(z.boolean()),
});
const RESOURCES = z.object({ resources: z.array(z.string()) });

export function projectRoutes(api: Api): Route[] {
  const find = ({ params }: CloudRequest): ProjectRecord => {
    const project = params.id === "default" ? defaultProject(api) : api.projects.get(params.id ?? "");
    if (project === undefined) throw notFound();
    return project;
  };
  const update = (request: CloudRequest, schema: z.ZodType<Partial<z.infer<typeof WHOLE>>>): CloudReply => {
    const project = find(request);
    const changes = Object.fromEntries(
      Object.entries(readBody(request, schema)).filter(([, value]) => value !== undefined),
    );
    if (typeof changes.name === "string") requireFreeName(api, changes.name, project.id);
    if (changes.is_default === true) {
      const before = defaultProject(api);
      api.projects.put(before.id, { ...before, is_default: false });
    }
    const next = { ...api.projects.get(project.id)!, ...changes, updated_at: new Date().toISOString() };
    return { body: { project: view(api.projects.put(project.id, next)) } };
  };
  const path = "/projects";
  return [
    {
      method: "GET",
      path,
      handle: (request) => {
        defaultProject(api);
        return listReply(request, "projects", api.projects.list(), view);
      },
    },
    {
      method: "POST",
      path,
      handle: (request) => {
        const { name: wanted, purpose, description = "", environment: of = "" } = readBody(request, CREATE);
        requireFreeName(api, wanted);
        const project = newProject({ name: wanted, purpose, description, environment: of, is_default: false });
        return { status: 201, body: { project: view(api.projects.put(project.id, project)) } };
      },
    },
    { method: "GET", path: `${path}/{id}`, handle: (request) => ({ body: { project: view(find(request)) } }) },
    { method: "PUT", path: `${path}/{id}`, handle: (request) => update(request, WHOLE) },
    { method: "PATCH", path: `${path}/{id}`, handle: (request) => update(request, PART) },
    {
      method: "DELETE",
      path: `${path}/{id}`,
      handle: (request) => {
        const project = find(request);
        if (project.is_default) throw digitalOceanError("precondition_failed", "cannot delete the default project");
        if (urnsIn(api, project).length > 0)
          throw digitalOceanError("precondition_failed", "cannot delete a project with resources");
        api.projects.delete(project.id);
        return { status: 204 };
      },
    },
    {
      method: "GET",
      path: `${path}/{id}/resources`,
      handle: (request) => {
        const project = find(request);
        return listReply(request, "resources", urnsIn(api, project), (urn) => resourceView(api, request, urn, "ok"));
      },
    },
    { method: "POST", path: `${path}/{id}/resources`, handle: (request) => assign(api, find(request), request) },
  ];
}

function assign(api: Api, project: ProjectRecord, request: CloudRequest): CloudReply {
  const known = new Set(allUrns(api));
  const resources = readBody(request, RESOURCES).resources.map((given) => {
    const urn = given.replace(/^do:floatingip:/, "do:reservedip:");
    if (!known.has(urn)) return resourceView(api, request, urn, "not_found");
    if (projectOf(api, urn) === project.id) return resourceView(api, request, urn, "already_assigned");
    if (api.reserved_ips.list().some(({ ip, droplet }) => urn === `do:reservedip:${ip}` && droplet !== null))
      throw digitalOceanError("precondition_failed", "Cannot move a Reserved IP with an associated droplet");
    api.assignments.put(urn, { urn, project: project.id, assigned_at: new Date().toISOString() });
    return resourceView(api, request, urn, "assigned");
  });
  return { body: { resources } };
}

/** The project that a thing is in. An address on a droplet is where the droplet is. */
export function projectOf(api: Api, urn: string): string {
  const address = api.reserved_ips.list().find(({ ip }) => urn === `do:reservedip:${ip}`);
  if (address !== undefined && address.droplet !== null) return projectOf(api, `do:droplet:${address.droplet}`);
  const assigned = api.assignments.get(urn)?.project;
  return assigned !== undefined && api.projects.get(assigned) !== undefined ? assigned : defaultProject(api).id;
}

/** Everything that can be in a project. */
const allUrns = (api: Api): string[] => [
  ...api.droplets.list().map(({ id }) => `do:droplet:${id}`),
  ...api.volumes.list().map(({ id }) => `do:volume:${id}`),
  ...api.reserved_ips.list().map(({ ip }) => `do:reservedip:${ip}`),
  ...api.domains.list().map(({ name: domain }) => `do:domain:${domain}`),
];

const urnsIn = (api: Api, project: ProjectRecord): string[] =>
  allUrns(api).filter((urn) => projectOf(api, urn) === project.id);

const PATHS: Record<string, string> = { reservedip: "reserved_ips" };

/** The vendor still calls a reserved address a floating one here. */
function resourceView(api: Api, request: CloudRequest, urn: string, status: string): object {
  const [, kind = "", id = ""] = urn.split(":");
  return {
    urn: urn.replace(/^do:reservedip:/, "do:floatingip:"),
    assigned_at: api.assignments.get(urn)?.assigned_at ?? defaultProject(api).created_at,
    links: { self: linkTo(request, `/${PATHS[kind] ?? `${kind}s`}/${id}`) },
    status,
  };
}

/** The one that every account begins with. */
function defaultProject(api: Api): ProjectRecord {
  const found = api.projects.list().find(({ is_default }) => is_default);
  if (found !== undefined) return found;
  const facts = { name: "first-project", purpose: "Just trying out DigitalOcean", environment: "Development" };
  const project = newProject({
    ...facts,
    description: "Update your project information under Settings",
    is_default: true,
  });
  return api.projects.put(project.id, project);
}

function newProject(facts: Omit<ProjectRecord, "id" | "created_at" | "updated_at">): ProjectRecord {
  const now = new Date().toISOString();
  return { id: randomUUID(), created_at: now, updated_at: now, ...facts };
}

function requireFreeName(api: Api, wanted: string, except?: string): void {
  if (api.projects.list().some((project) => project.name === wanted && project.id !== except))
    throw digitalOceanError("conflict", "name is already in use");
}

const view = (project: ProjectRecord): object => ({ ...project, owner_uuid: OWNER.uuid, owner_id: OWNER.id });
