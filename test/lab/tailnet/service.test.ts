import { afterAll, beforeAll, expect, test } from "vitest";
import { labPaths } from "../../../src/lab/paths.ts";
import { Secret, type Properties } from "../../../src/plugin/types.ts";
import { serviceResource } from "../../../src/provider/service/index.ts";
import { OpenSsh } from "../../../src/transport/openssh.ts";
import { Pool } from "../../../src/transport/pool.ts";
import { KEEPER, KEY_FILE, tailscale } from "../../../services/tailscale/index.ts";
import { secret } from "../../../src/model/text.ts";
import { Engine } from "../../provider/engine.ts";
import { inputsOf } from "../../provider/fixtures.ts";
import { failure } from "../one-machine.ts";
import { TailnetLab } from "./tailnet.ts";

/** The service, by the provider, on two machines of a lab with a tailnet. */

let lab: TailnetLab, pool: Pool, engine: Engine;
beforeAll(async () => {
  lab = await TailnetLab.boot("tailscale-service", ["web", "db"]);
  await lab.api("POST", "/tailnet/-/acl", {
    tagOwners: { "tag:web": [], "tag:db": [] },
    grants: [{ src: ["tag:web"], dst: ["tag:db"], ip: ["tcp:22"] }],
  });
  pool = new Pool(new OpenSsh({ include: labPaths(lab.stack).sshConfig }));
  const resource = serviceResource(pool, { confirmSeconds: 8 });
  engine = new Engine(() => resource);
});
afterAll(async () => {
  await pool?.close();
  await lab?.down({ forget: true });
});

/** As components would hand it over: rendered, with the key in its place. */
function inputs(host: string, key: string, more: object = {}): Properties {
  const args = { name: host, tags: [`tag:${host}`], key: { parts: [secret("KEY")] }, ...more };
  const bundle = tailscale(args).render({ name: host, os: "debian", arch: "amd64", timeZone: "UTC", standIns: true });
  const files = { ...bundle.files, [KEY_FILE]: { ...bundle.files[KEY_FILE], content: new Secret(key) } };
  return { ...inputsOf({ ...bundle, files }), host, service: "tailscale", connection: {} };
}
const drift = async (host: Properties, state: Properties) => (await engine.drift(host, state)).paths.sort();
const node = `records["${KEEPER}"].node`;

let web: Properties, db: Properties, key: string;

test("two machines join by a key each, reach each other as the policy says, and a second look finds nothing", async () => {
  key = await lab.key(["tag:web"]);
  [web, db] = await Promise.all([
    engine.create(inputs("web", key)),
    engine.create(inputs("db", await lab.key(["tag:db"]))),
  ]);
  expect(await drift(inputs("web", key), web)).toEqual([]);
  await expect.poll(() => lab.reaches("web", "db", 22), { timeout: 20_000 }).toBe(true);
  expect(await lab.reaches("db", "web", 22)).toBe(false);
  expect((await lab.device("web")).tags).toEqual(["tag:web"]);
});

test("the key is in no argument, and for root alone", async () => {
  expect(await lab.ssh("web", `stat -c '%a %U' ${KEY_FILE}; journalctl --no-pager | grep -c ${key.slice(0, 30)}`)).toBe(
    "600 root\n0",
  );
});

test("what somebody sets by hand is drift, and is put back", async () => {
  await lab.ssh("web", "tailscale set --accept-routes --hostname=other");
  await expect
    .poll(() => drift(inputs("web", key), web), { timeout: 10_000 })
    .toEqual([`${node}.acceptRoutes`, `${node}.name`]);
  web = await engine.update(web, inputs("web", key));
  expect(await drift(inputs("web", key), web)).toEqual([]);
});

test("a machine that was logged out, or removed in the console, is drift; its spent key lets it in no more, a new one does", async () => {
  await lab.api("DELETE", `/device/${(await lab.device("web")).id}`);
  await expect.poll(() => drift(inputs("web", key), web), { timeout: 10_000 }).toContain(`${node}.loggedIn`);
  expect((await failure(engine.update(web, inputs("web", key)))).message).toMatch(/API key \w+ not valid/);
  key = await lab.key(["tag:web"]);
  web = await engine.update(web, inputs("web", key));
  expect(await drift(inputs("web", key), web)).toEqual([]);
});

test("other tags, and a key that expires soon, are drift", async () => {
  const { id } = await lab.device("web");
  await lab.api("POST", `/device/${id}/tags`, { tags: ["tag:db"] });
  await expect.poll(() => drift(inputs("web", key), web), { timeout: 10_000 }).toEqual([`${node}.tags`]);
  key = await lab.key(["tag:web"]);
  web = await engine.update(web, inputs("web", key));
  expect((await lab.device("web")).tags).toEqual(["tag:web"]);
  await lab.api("PATCH", "/tailnet/-/settings", { devicesKeyDurationDays: 10 });
  await lab.ssh("web", "tailscale logout");
  key = await lab.key(["tag:web"]);
  web = await engine.update(web, inputs("web", key));
  await lab.api("POST", `/device/${(await lab.device("web")).id}/key`, { keyExpiryDisabled: false });
  await expect.poll(() => drift(inputs("web", key), web), { timeout: 10_000 }).toEqual([`${node}.keyExpiresSoon`]);
});

test("a device of its name that is not ours keeps it, and is named", async () => {
  await lab.ssh("db", "tailscale logout");
  await lab.api("DELETE", `/device/${(await lab.device("db")).id}`);
  await lab.ssh("web", "tailscale logout");
  expect(await lab.login("web", await lab.key(["tag:web"]), "--hostname=db --reset")).toBe("");
  expect((await failure(engine.update(db, inputs("db", await lab.key(["tag:db"]))))).message).toContain(
    "the tailnet calls this host db-1, because another device has the name db: remove or rename that one in Tailscale's console",
  );
});

test("letting go of the service logs the machine out", async () => {
  await engine.remove(web);
  expect(
    (await lab.devices()).filter(({ connectedToControl, name }) => connectedToControl && name.startsWith("web")),
  ).toEqual([]);
});
