import { audited } from "../audited.ts";

interface Shown {
  id: string;
  name: string;
  purpose: string;
  is_default: boolean;
}

/** Projects but the one that every account has. */
export const project = audited<Shown>({
  is: "digitalocean/project",
  title: "project",
  token: "digitalocean:index/project:Project",
  about: "projects",
  list: async (client) => (await client.list<Shown>("projects")).filter((each) => !each.is_default),
  id: ({ id }) => id,
  audit: { kind: "project", tell: ({ name, purpose }) => ({ name, detail: purpose }) },
});
