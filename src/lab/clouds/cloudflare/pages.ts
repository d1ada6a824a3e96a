import { CloudError, type CloudRequest, type Route } from "../http/types.ts";
import type { Store } from "../store.ts";
import { accountOf } from "./account.ts";
import { bodyOf, newId, now, ok, paged, positive, text, type Json } from "./reply.ts";

interface Deployment {
  id: string;
  [field: string]: unknown;
}

export interface PagesProject {
  id: string;
  account: string;
  name: string;
  subdomain: string;
  production_branch: string;
  created_on: string;
  build_config: Json;
  deployment_configs: Json;
  source?: Json;
  /** Newest first. */
  deployments: Deployment[];
}

/** The most that a list gives. */
const PAGE = 10;

export const pagesProjects = (store: Store) => store.collection<PagesProject>("cloudflare", "pages_projects");

/** The project in the path. @throws CloudError 8000007. */
export function pagesProjectOf(store: Store, request: CloudRequest): PagesProject {
  const project = pagesProjects(store).get(`${accountOf(request)}/${request.params.project}`);
  if (project !== undefined) return project;
  throw new CloudError(
    404,
    8000007,
    "Project not found. The specified project name does not match any of your existing projects.",
  );
}

/** @param domainsOf the custom domains of a project, shown with it. */
export function pagesRoutes(store: Store, domainsOf: (project: PagesProject) => string[]): Route[] {
  const base = "/accounts/{account_id}/pages/projects";
  const save = (project: PagesProject): PagesProject =>
    pagesProjects(store).put(`${project.account}/${project.name}`, project);
  const render = ({ account: _account, deployments, ...project }: PagesProject): Json => ({
    ...project,
    domains: [project.subdomain, ...domainsOf({ account: _account, deployments, ...project })],
    latest_deployment: deployments[0] ?? null,
    canonical_deployment: deployments[0] ?? null,
    production_script_name: `pages-worker--${project.name}-production`,
    preview_script_name: `pages-worker--${project.name}-preview`,
    framework: "",
    framework_version: "",
    uses_functions: false,
  });

  const create = (request: CloudRequest, body: Json): PagesProject => {
    const [account, name] = [accountOf(request), text(body, "name")];
    if (!/^[a-z0-9]([a-z0-9-]{0,56}[a-z0-9])?$/.test(name)) {
      throw new CloudError(
        400,
        8000001,
        "Invalid project name. Use 1 to 58 lower case letters, digits and dashes; it cannot start or end with a dash.",
      );
    }
    if (pagesProjects(store).get(`${account}/${name}`) !== undefined) {
      throw new CloudError(409, 8000002, "A project with this name already exists. Choose a different project name.");
    }
    return save({
      id: newId(),
      account,
      name,
      subdomain: `${name}.pages.dev`,
      created_on: now(),
      deployments: [],
      production_branch: typeof body.production_branch === "string" ? body.production_branch : "main",
      build_config: (body.build_config ?? {}) as Json,
      deployment_configs: (body.deployment_configs ?? { preview: {}, production: {} }) as Json,
      ...(body.source === undefined ? {} : { source: body.source as Json }),
    });
  };
  const edit = (request: CloudRequest, body: Json): PagesProject => {
    const old = pagesProjectOf(store, request);
    const {
      production_branch = old.production_branch,
      build_config = {},
      deployment_configs = {},
      source = old.source,
    } = body as Partial<PagesProject>;
    return save({
      ...old,
      production_branch,
      source,
      build_config: { ...old.build_config, ...build_config },
      deployment_configs: { ...old.deployment_configs, ...deployment_configs },
    });
  };
  const deploy = async (request: CloudRequest): Promise<Deployment> => {
    const project = pagesProjectOf(store, request);
    const branch = (await request.form()).get("branch") ?? project.production_branch;
    const id = crypto.randomUUID();
    const deployment = {
      id,
      short_id: id.slice(0, 8),
      project_id: project.id,
      project_name: project.name,
      created_on: now(),
      modified_on: now(),
      environment: branch === project.production_branch ? "production" : "preview",
      url: `https://${id.slice(0, 8)}.${project.subdomain}`,
      aliases: null,
      latest_stage: { name: "deploy", status: "success", started_on: now(), ended_on: now() },
      deployment_trigger: { type: "ad_hoc", metadata: { branch } },
    };
    save({ ...project, deployments: [deployment, ...project.deployments] });
    return deployment;
  };
  const deploymentOf = (request: CloudRequest): Deployment => {
    const found = pagesProjectOf(store, request).deployments.find(({ id }) => id === request.params.deployment);
    if (found === undefined) throw new CloudError(404, 8000009, "The requested deployment does not exist.");
    return found;
  };

  return [
    {
      method: "GET",
      path: base,
      handle: (request) => {
        // It likes its own size of pages: https://github.com/cloudflare/workers-sdk/pull/11401
        if (positive(request.query.get("per_page"), PAGE) > PAGE)
          throw new CloudError(
            400,
            8000024,
            "Invalid list options provided. Review the `page` or `per_page` parameter.",
          );
        return paged(
          request,
          pagesProjects(store)
            .list()
            .filter(({ account }) => account === accountOf(request))
            .map(render),
          PAGE,
          PAGE,
        );
      },
    },
    { method: "POST", path: base, handle: (request) => ok(render(create(request, bodyOf(request)))) },
    { method: "GET", path: `${base}/{project}`, handle: (request) => ok(render(pagesProjectOf(store, request))) },
    { method: "PATCH", path: `${base}/{project}`, handle: (request) => ok(render(edit(request, bodyOf(request)))) },
    {
      method: "DELETE",
      path: `${base}/{project}`,
      handle: (request) => {
        const project = pagesProjectOf(store, request);
        if (domainsOf(project).length > 0)
          throw new CloudError(409, 8000028, "Your project has custom domains. Delete them first.");
        pagesProjects(store).delete(`${project.account}/${project.name}`);
        return ok(null);
      },
    },
    {
      method: "GET",
      path: `${base}/{project}/deployments`,
      handle: (request) => paged(request, pagesProjectOf(store, request).deployments, 25, 25),
    },
    { method: "POST", path: `${base}/{project}/deployments`, handle: async (request) => ok(await deploy(request)) },
    {
      method: "GET",
      path: `${base}/{project}/deployments/{deployment}`,
      handle: (request) => ok(deploymentOf(request)),
    },
  ];
}
