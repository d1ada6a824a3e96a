import { z } from "zod";
import { requireFreeName, type Api } from "../api/api.ts";
import type { PlacementGroupRecord } from "../api/records.ts";
import { newBase, type Resource } from "../api/resource.ts";
import { labels, name, optional, readBody } from "../api/validate.ts";

const CREATE = z.object({ name, type: z.literal("spread", "must be 'spread'"), labels: optional(labels) });

export const placementGroupView = (api: Api, group: PlacementGroupRecord): object => ({
  ...group,
  servers: api.servers
    .list()
    .filter((server) => server.placement_group === group.id)
    .map(({ id }) => id),
});

export function placementGroups(api: Api): Resource<PlacementGroupRecord> {
  const title = "Placement Group";
  return {
    many: "placement_groups",
    one: "placement_group",
    title,
    records: api.placement_groups,
    sorts: ["id", "name", "created"],
    filters: { type: (group, types) => types.includes(group.type) },
    view: (group) => placementGroupView(api, group),
    create: (request) => {
      const body = readBody(request, CREATE);
      requireFreeName(title, api.placement_groups, body.name);
      const group = { ...newBase(api, body), type: body.type };
      return {
        status: 201,
        body: { placement_group: placementGroupView(api, api.placement_groups.put(group.id, group)), action: null },
      };
    },
    // The vendor lets go of the servers that are still in it.
    remove: (group) => {
      for (const server of api.servers.list())
        if (server.placement_group === group.id) api.servers.put(server.id, { ...server, placement_group: null });
    },
  };
}
