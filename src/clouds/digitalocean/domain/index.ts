import { audited } from "../audited.ts";

interface Shown {
  name: string;
  zone_file: string | null;
}

/** Zones that DigitalOcean's DNS answers for. */
export const domain = audited<Shown>({
  is: "digitalocean/domain",
  title: "domain",
  token: "digitalocean:index/domain:Domain",
  about: "domains",
  list: (client) => client.list("domains"),
  id: ({ name }) => name,
  audit: { kind: "domain", tell: ({ name }) => ({ name, detail: "a zone of DigitalOcean's DNS" }) },
});
