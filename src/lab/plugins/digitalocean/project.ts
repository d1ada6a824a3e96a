import { unlessGone } from "../http-client.ts";
import { unless, until, type Client, type Json } from "./client.ts";
import type { Kind, Plain } from "./resource.ts";
import { listOf } from "./tags.ts";

interface Shown {
  id: string;
  owner_uuid: string;
  owner_id: number;
  name: string;
  description: string;
  purpose: string;
  environment: string;
  is_default: boolean;
  created_at: string;
  updated_at: string;
}

/**
 * A project and the URNs of what is in it. The API calls a reserved address do:floatingip there, as the official
 * provider shows it, while ReservedIp calls itself do:reservedip: declare it as it is shown.
 */
export const project: Kind = {
  name: "project",
  inputs: ({ environment, ...others }) =>
    typeof environment === "string"
      ? { ...others, environment: environment.slice(0, 1).toUpperCase() + environment.slice(1).toLowerCase() }
      : { ...others, environment },
  computed: ["resources", "environment"],
  async create(client, inputs, made) {
    const { project } = await client.call<{ project: Shown }>("POST", "/projects", {
      name: inputs.name,
      purpose: inputs.purpose ?? "Web Application",
      description: inputs.description ?? "",
      ...(inputs.environment !== undefined && { environment: inputs.environment }),
    });
    made(project.id);
    await assign(client, project.id, listOf(inputs.resources));
    if (inputs.isDefault === true) await client.call("PATCH", `/projects/${project.id}`, { is_default: true });
    return project.id;
  },
  async read(client, id) {
    const shown = (await unlessGone(client.call<{ project: Shown }>("GET", `/projects/${id}`)))?.project;
    if (shown === undefined) return undefined;
    const resources = await client.all<{ urn: string }>(`/projects/${id}/resources`, "resources");
    return {
      name: shown.name,
      description: shown.description,
      purpose: shown.purpose.replace(/^Other: /, ""),
      environment: shown.environment,
      isDefault: shown.is_default,
      resources: resources.map(({ urn }) => urn),
      ownerId: shown.owner_id,
      ownerUuid: shown.owner_uuid,
      createdAt: shown.created_at,
      updatedAt: shown.updated_at,
    };
  },
  async update(client, id, olds, news) {
    await client.call("PATCH", `/projects/${id}`, changesTo(news));
    if (news.resources === undefined) return;
    const [before, after] = [listOf(olds.resources), listOf(news.resources)];
    await assign(
      client,
      "default",
      before.filter((urn) => !after.includes(urn)),
    );
    await assign(
      client,
      id,
      after.filter((urn) => !before.includes(urn)),
    );
  },
  async delete(client, id, { resources }) {
    await unless([404], assign(client, "default", listOf(resources)));
    // Whatever was destroyed just before may be in it for a moment: 412.
    await until(async () => {
      const left = await unlessGone(client.all(`/projects/${id}/resources`, "resources"));
      return left === undefined || left.length === 0;
    });
    await unless([404], client.call("DELETE", `/projects/${id}`));
  },
};

const changesTo = ({ name, description, purpose, environment, isDefault }: Plain): Json => ({
  name,
  description: description ?? "",
  purpose: purpose ?? "Web Application",
  ...(environment !== undefined && { environment }),
  ...(isDefault === true && { is_default: true }),
});

async function assign(client: Client, id: string, resources: string[]): Promise<void> {
  if (resources.length > 0) await client.call("POST", `/projects/${id}/resources`, { resources });
}
