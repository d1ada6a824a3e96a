import { type Client, told } from "./client.ts";

type Plain = Record<string, unknown>;

/** How one resource type is kept at the API. */
export interface Kind {
  /** What is wrong with inputs, asked before anything is touched: property → reason. */
  refuses?(client: Client, inputs: Plain): Promise<{ property: string; reason: string } | undefined>;
  /** @returns its id, and what only this reply tells */
  create(client: Client, inputs: Plain): Promise<{ id: string; told?: Plain }>;
  /** Its properties; nothing when it is gone. */
  read(client: Client, id: string, state: Plain): Promise<Plain | undefined>;
  /** Left out: only what the API does not keep changes in place. */
  update?(client: Client, id: string, olds: Plain, news: Plain): Promise<void>;
  delete(client: Client, id: string, state: Plain): Promise<void>;
  /** Inputs that the API does not keep. */
  unreadable?: readonly string[];
  secret?: readonly string[];
}

const ACL = "/tailnet/{tailnet}/acl";
const HUMAN = "application/hujson";
const currentPolicy = (client: Client) => client("GET", ACL, { headers: { Accept: HUMAN } });
/** The ETag of a policy that nobody has written yet. */
const UNTOUCHED = '"ts-default"';

const acl: Kind = {
  async refuses(client, { acl: text }) {
    const { json } = await client("POST", `${ACL}/validate`, { body: text, headers: { "Content-Type": HUMAN } });
    return "message" in json ? { property: "acl", reason: `Tailscale refuses the policy: ${told(json)}` } : undefined;
  },
  async create(client, { acl: text, overwriteExistingContent }) {
    const { text: now } = await currentPolicy(client);
    if (now !== text)
      await client("POST", ACL, {
        body: text,
        headers: { "Content-Type": HUMAN, ...(!overwriteExistingContent && { "If-Match": UNTOUCHED }) },
      });
    return { id: "acl" };
  },
  read: async (client) => ({ acl: (await currentPolicy(client)).text }),
  async update(client, _, olds, { acl: text }) {
    const { text: now, etag } = await currentPolicy(client);
    if (now !== olds.acl && now !== text)
      throw new Error("the tailnet's policy was changed meanwhile: see what it is now with `fleet drift`");
    await client("POST", ACL, { body: text, headers: { "Content-Type": HUMAN, "If-Match": etag! } });
  },
  // What nobody asked to be reset holds on.
  delete: async (client, _, { resetAclOnDestroy }) => {
    if (resetAclOnDestroy) await client("POST", ACL, { body: "{}", headers: { "Content-Type": HUMAN } });
  },
  unreadable: ["overwriteExistingContent", "resetAclOnDestroy"],
};

const KEYS = "/tailnet/{tailnet}/keys";
const tailnetKey: Kind = {
  async create(client, { description = "", expiry = 7_776_000, ...inputs }) {
    const { reusable = false, ephemeral = false, preauthorized = false, tags = [] } = inputs;
    const capabilities = { devices: { create: { reusable, ephemeral, preauthorized, tags } } };
    const { json } = await client("POST", KEYS, { body: { description, expirySeconds: expiry, capabilities } });
    return { id: String(json.id), told: { key: json.key } };
  },
  async read(client, id, state) {
    const { json } = await client("GET", `${KEYS}/${id}`);
    const { create } = (json.capabilities as { devices: { create: Plain } }).devices;
    const again = state.recreateIfInvalid ?? (create.reusable ? "always" : "never");
    if (json.invalid && again === "always") return undefined;
    return {
      ...create,
      description: json.description,
      expiry: json.expirySeconds,
      createdAt: json.created,
      expiresAt: json.expires,
      invalid: json.invalid,
      key: state.key,
      userId: "",
    };
  },
  delete: async (client, id) => void (await client("DELETE", `${KEYS}/${id}`)),
  unreadable: ["recreateIfInvalid"],
  secret: ["key"],
};

/** One setting of a device, whose id it has. */
const ofDevice = (what: string, property: string, none: unknown): Kind => {
  const set = (client: Client, id: string, value: unknown) =>
    client("POST", `/device/${id}/${what}`, { body: { [property]: value } });
  return {
    create: async (client, inputs) => {
      await set(client, String(inputs.deviceId), inputs[property] ?? none);
      return { id: String(inputs.deviceId) };
    },
    read: async (client, id) => {
      const { json } = await client("GET", `/device/${id}`);
      return { deviceId: id, [property]: json[property] ?? none };
    },
    update: async (client, id, _, news) => void (await set(client, id, news[property] ?? none)),
    delete: async (client, id) => void (await set(client, id, none)),
  };
};

/** One setting of the tailnet's DNS. */
const ofDns = (what: string, property: string, field: string, none: unknown): Kind => {
  const path = `/tailnet/{tailnet}/dns/${what}`;
  const set = async (client: Client, value: unknown) => void (await client("POST", path, { body: { [field]: value } }));
  return {
    create: async (client, inputs) => {
      await set(client, inputs[property]);
      return { id: what };
    },
    read: async (client) => ({ [property]: (await client("GET", path)).json[field] }),
    update: (client, _, __, news) => set(client, news[property]),
    delete: (client) => set(client, none),
  };
};

/** By type token. */
export const kinds: Record<string, Kind> = {
  "tailscale:index/acl:Acl": acl,
  "tailscale:index/tailnetKey:TailnetKey": tailnetKey,
  "tailscale:index/deviceTags:DeviceTags": ofDevice("tags", "tags", []),
  "tailscale:index/deviceKey:DeviceKey": ofDevice("key", "keyExpiryDisabled", false),
  "tailscale:index/dnsNameservers:DnsNameservers": ofDns("nameservers", "nameservers", "dns", []),
  "tailscale:index/dnsPreferences:DnsPreferences": ofDns("preferences", "magicDns", "magicDNS", false),
};
