import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTailscalePlugin } from "../../../src/lab/plugins/tailscale/index.ts";
import { Secret, type Properties } from "../../../src/plugin/types.ts";
import { ensureClient } from "./client.ts";
import { type Answer, TailnetLab } from "./tailnet.ts";

/** The lab's tailnet itself: real Tailscale on two machines, and Tailscale's own client for the API. */

const POLICY = `{
  // who reaches what
  "tagOwners": {"tag:web": ["autogroup:admin"], "tag:db": []},
  "grants": [
    {"src": ["tag:web"], "dst": ["tag:db"], "ip": ["tcp:5432"]},
    {"src": ["tag:db"], "dst": ["tag:web"], "ip": ["tcp:22"]},
  ],
  "tests": [{"src": "tag:web", "accept": ["tag:db:5432"], "deny": ["tag:db:22"]}],
}`;

const patient = { timeout: 30_000 };

let lab: TailnetLab;
beforeAll(async () => {
  lab = await TailnetLab.boot("tailnet", ["one", "two"]);
  await Promise.all([lab.install("one"), lab.install("two")]);
  await setPolicy(POLICY);
  await joined("one", "tag:web");
  await joined("two", "tag:db");
  await lab.ssh("two", "systemd-run --quiet python3 -m http.server 5432");
});
afterAll(() => lab.down({ forget: true }));
beforeEach(() => setPolicy(POLICY));

const setPolicy = async (text: string) =>
  expect((await lab.api("POST", "/tailnet/-/acl", text)).text).not.toMatch("message");
const joined = async (host: string, tag: string) => expect(await lab.login(host, await lab.key([tag]))).toBe("");

test("only what the policy lets through passes, by MagicDNS names", async () => {
  await expect.poll(() => lab.reaches("one", "two", 5432), patient).toBe(true);
  expect(await lab.reaches("one", "two", 22)).toBe(false);
  expect(await lab.reaches("two", "one", 22)).toBe(true);
});

test("a change of the policy cuts one port, and nothing else", async () => {
  await setPolicy(
    `{"tagOwners": {"tag:web": [], "tag:db": []}, "grants": [{"src": ["tag:db"], "dst": ["tag:web"], "ip": ["22"]}]}`,
  );
  await expect.poll(() => lab.reaches("one", "two", 5432), patient).toBe(false);
  expect(await lab.reaches("two", "one", 22)).toBe(true);
});

test("devices that nothing leads to do not know of each other", async () => {
  await setPolicy(`{"tagOwners": {"tag:web": [], "tag:db": []}, "grants": []}`);
  await expect.poll(() => lab.ssh("one", "tailscale status"), patient).not.toMatch("two");
});

/** What the API says is wrong with a policy, and which of its tests fail. */
const refusal = ({ json: { message, data = [] } }: Answer): string =>
  [message, ...(data as { errors: string[] }[]).flatMap(({ errors }) => errors)].filter(Boolean).join("\n");

test.each([
  ["nothing wrong", POLICY, undefined],
  [
    "what must not pass",
    POLICY.replace('"deny": [', '"deny": ["tag:db:5432", '),
    'address "tag:db:5432": want: Drop, got: Accept',
  ],
  [
    "what must pass",
    POLICY.replace('"accept": [', '"accept": ["tag:db:80", '),
    'address "tag:db:80": want: Accept, got: Drop',
  ],
  [
    "SSH",
    POLICY.replace('"tests"', '"sshTests": [{"src": "tag:web", "dst": ["tag:db"], "accept": ["root"]}], "tests"'),
    "ssh root@tag:db: want: accept, got: deny",
  ],
  ["a tag without owners", POLICY.replace('"tag:db": []', '"tag:other": []'), 'tag not found: "tag:db"'],
  ["an unknown field", POLICY.replace('"grants"', '"grant"'), 'unknown field "grant"'],
  ["no HuJSON", POLICY.replace("{", "["), "hujson: line"],
])("a policy is tried before it holds: %s", async (_, text, wrong) => {
  const tried = await lab.api("POST", "/tailnet/-/acl/validate", text);
  expect(tried.status).toBe(200);
  const set = await lab.api("POST", "/tailnet/-/acl", text);
  expect(set.status).toBe(wrong === undefined ? 200 : 400);
  for (const answer of [tried, set])
    expect(refusal(answer)).toEqual(wrong === undefined ? "" : expect.stringContaining(wrong));
  expect((await lab.api("GET", "/tailnet/-/acl", undefined, { accept: "application/hujson" })).text).toBe(POLICY);
});

test("Tailscale's own client gets what it knows from Tailscale", async () => {
  expect(await lab.client(await ensureClient())).toEqual({
    policy: { HuJSON: POLICY, ETag: expect.stringMatching(/^"[0-9a-f]{64}"$/) },
    validate: "done",
    "validate what fails":
      'ACL validation failed: test(s) failed; [{tag:web [address "tag:db:22": want: Drop, got: Accept]}]',
    set: "done",
    "set over what another set": "precondition failed, invalid old hash (412)",
    "set what fails": 'src=tag not found: "tag:none" (400)',
    "policy as it was written": true,
    "policy as data": [{ src: ["tag:web"], dst: ["tag:db"], ip: ["tcp:5432"] }],
    key: true,
    "key without its secret": true,
    keys: 1,
    revoke: "done",
    "revoked key is invalid": true,
    "key with a tag that nobody owns": "requested tags [tag:none] are invalid or not permitted (400)",
    "OAuth client": "client",
    "OAuth client reads devices": "done",
    "OAuth client reads the policy": "calling actor does not have enough permissions to perform this function (403)",
    "OAuth client makes a key without tags": "tailnet-owned auth key must have tags set (400)",
    "set nameservers": "done",
    nameservers: ["9.9.9.9"],
    "clear nameservers": "done",
    MagicDNS: true,
    "split DNS": { "corp.example": ["9.9.9.9"] },
    "clear split DNS": "done",
    devices: 2,
    name: "one.tail1234.ts.net",
    "tag that nobody owns": "requested tags [tag:none] are invalid or not permitted (400)",
    "other tags": "done",
    tags: ["tag:db"],
    "own tags": "done",
    "key expiry": "done",
    "key expires": true,
    "no key expiry": "done",
    routes: { advertisedRoutes: [], enabledRoutes: [] },
    "no such device": true,
    "wrong key": "API token invalid (401)",
  });
});

test.each<
  [
    kind: string,
    inputs: Properties,
    changed: Properties | undefined,
    after: (id: string) => Promise<unknown>,
    none: unknown,
  ]
>([
  [
    "dnsNameservers",
    { nameservers: ["9.9.9.9"] },
    { nameservers: ["1.1.1.1"] },
    async () => (await lab.api("GET", "/tailnet/-/dns/nameservers")).json.dns,
    [],
  ],
  [
    "dnsPreferences",
    { magicDns: true },
    { magicDns: false },
    async () => (await lab.api("GET", "/tailnet/-/dns/preferences")).json.magicDNS,
    false,
  ],
  [
    "deviceTags",
    { deviceId: "2", tags: ["tag:web"] },
    { deviceId: "2", tags: ["tag:web", "tag:db"] },
    async () => (await lab.device("two")).tags ?? [],
    [],
  ],
  [
    "deviceKey",
    { deviceId: "2", keyExpiryDisabled: true },
    { deviceId: "2", keyExpiryDisabled: false },
    async () => (await lab.device("two")).keyExpiryDisabled,
    false,
  ],
  [
    "tailnetKey",
    { description: "web", tags: ["tag:web"], expiry: 60 },
    undefined,
    async (id) => (await lab.api("GET", `/tailnet/-/keys/${id}`)).json.invalid,
    true,
  ],
])(
  "the lab's provider keeps a %s: made, the same the second time, changed, read back, gone",
  async (name, inputs, changed, after, none) => {
    const { url, token } = await lab.endpoint();
    const type = `tailscale:index/${name}:${name[0]!.toUpperCase()}${name.slice(1)}`;
    const kind = createTailscalePlugin({ url, key: token }).resources[type]!;
    const diff = async (id: string, olds: Properties, oldInputs: Properties, news: Properties) =>
      Object.keys((await kind.diff({ urn: "", id, olds, oldInputs, news, ignoreChanges: [] })).detailed);
    let { id, state } = await kind.create({ urn: "", inputs, preview: false, timeoutSeconds: 0 });
    const seen = (await kind.read({ urn: "", id, inputs, state }))!;
    expect(await diff(id, seen.state, seen.inputs, inputs)).toEqual([]);
    if (name === "tailnetKey") expect(seen.state.key).toBeInstanceOf(Secret);
    if (changed) {
      expect(await diff(id, state, inputs, changed)).not.toEqual([]);
      ({ state } = await kind.update({
        urn: "",
        id,
        olds: state,
        oldInputs: inputs,
        news: changed,
        preview: false,
        timeoutSeconds: 0,
        ignoreChanges: [],
      }));
      expect(
        await diff(id, state, (await kind.read({ urn: "", id, inputs: changed, state }))!.inputs, changed),
      ).toEqual([]);
    }
    await kind.delete({ urn: "", id, state, timeoutSeconds: 0 });
    expect(await after(id)).toEqual(none);
    await lab.api("POST", "/tailnet/-/dns/preferences", { magicDNS: true });
    await lab.api("POST", "/device/2/tags", { tags: ["tag:db"] });
    await lab.api("POST", "/device/2/key", { keyExpiryDisabled: true });
  },
);

test("what the tailnet knows outlives the lab's daemon", async () => {
  await lab.down();
  await lab.up();
  await expect.poll(() => lab.state("one"), patient).toBe("Running");
  expect((await lab.api("GET", "/tailnet/-/acl", undefined, { accept: "application/hujson" })).text).toBe(POLICY);
  await expect.poll(() => lab.reaches("two", "one", 22), patient).toBe(true);
});

test("a key lets in one machine, until it expires, with its own tags", async () => {
  await lab.ssh("two", "tailscale logout");
  const key = await lab.key(["tag:db"]);
  expect(await lab.login("two", key, "--advertise-tags=tag:web")).toContain(
    "requested tags [tag:web] are invalid or not permitted",
  );
  expect(await lab.login("two", key, "--reset")).toBe("");
  await lab.ssh("two", "tailscale logout");
  expect(await lab.login("two", key)).toMatch(/API key \w+ not valid/);
  const short = await lab.key(["tag:db"], {}, 1);
  const listed = async () => (await lab.api("GET", "/tailnet/-/keys")).text.includes(short.split("-")[2]!);
  await expect.poll(listed, patient).toBe(false);
  expect(await lab.login("two", short)).toMatch(/API key \w+ not valid/);
  await joined("two", "tag:db");
  expect(await lab.devices()).toHaveLength(2);
});

test("a machine whose key has expired, or that was removed, is out, and comes in again by a new key", async () => {
  await lab.api("POST", `/device/${(await lab.device("two")).id}/expire`);
  await expect.poll(() => lab.state("two"), patient).toBe("NeedsLogin");
  expect(await lab.reaches("one", "two", 5432)).toBe(false);
  await joined("two", "tag:db");
  const before = await lab.device("two");
  await lab.api("DELETE", `/device/${before.id}`);
  await expect.poll(() => lab.state("two"), patient).toBe("NeedsLogin");
  expect((await lab.devices()).map(({ name }) => name)).toEqual(["one.tail1234.ts.net"]);
  await joined("two", "tag:db");
  expect((await lab.device("two")).addresses).not.toEqual(before.addresses);
});

test("a second machine of a name gets another, and one that waits for approval reaches nothing", async () => {
  await lab.ssh("two", "tailscale logout");
  await lab.api("PATCH", "/tailnet/-/settings", { devicesApprovalOn: true });
  await lab.api("DELETE", `/device/${(await lab.device("two")).id}`);
  const key = await lab.key(["tag:db"], { preauthorized: false });
  await lab.ssh(
    "two",
    "umask 077; cat >/run/key; timeout 5 tailscale up --hostname=one --auth-key=file:/run/key; rm /run/key",
    key,
  );
  const late = await lab.device("one-1");
  expect(late.authorized).toBe(false);
  expect(await lab.state("two")).toBe("NeedsMachineAuth");
  await lab.api("POST", `/device/${late.id}/authorized`, { authorized: true });
  await expect.poll(() => lab.state("two"), patient).toBe("Running");
});
