import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firewall } from "../../services/firewall/index.ts";
import { labDown, labStatus, labUp } from "../../src/lab/lifecycle.ts";
import { labPaths } from "../../src/lab/paths.ts";
import { tcp } from "../../src/model/port.ts";
import { closedProbes } from "../../src/probes/closed.ts";
import { runProbe } from "../../src/probes/run.ts";
import type { Properties } from "../../src/plugin/types.ts";
import { serviceResource } from "../../src/provider/service/index.ts";
import { OpenSsh } from "../../src/transport/openssh.ts";
import { Pool } from "../../src/transport/pool.ts";
import { sketch } from "../model/fixtures.ts";
import { inputsOf } from "../provider/fixtures.ts";
import { host } from "../services/render.ts";
import { quiet } from "./quiet.ts";

const STACK = "test-firewall";
const run = promisify(execFile);
const ssh = async (command: string) =>
  (await run("ssh", ["-F", labPaths(STACK).sshConfig, "-o", "BatchMode=yes", "one", command])).stdout.trim();

let pool: Pool;
let resource: ReturnType<typeof serviceResource>;

beforeAll(async () => {
  await labDown(STACK, { forget: true });
  await labUp(
    {
      stack: STACK,
      packages: { 13: [] },
      adoptedServers: [],
      zones: [],
      accountId: "0".repeat(32),
      staticHosts: [{ name: "one", authorizedKeys: [] }],
    },
    { progress: quiet },
  );
  pool = new Pool(new OpenSsh({ include: labPaths(STACK).sshConfig }));
  resource = serviceResource(pool, { confirmSeconds: 8 });
});
afterAll(async () => {
  await pool?.close();
  await labDown(STACK, { forget: true });
});

const urn = "urn:pulumi:t::fleet::fleet:host:Service::firewall";
const inputs = (bundle: object): Properties => ({
  ...inputsOf(bundle),
  host: "one",
  service: "firewall",
  connection: {},
});
/** The firewall with 22 and some more ports open for all. */
const opening = (...more: number[]) =>
  inputs(firewall({}).render(host({ publicPorts: [22, ...more].map((port) => tcp(port)) })));
/** As the service was before it had a table of its own. */
const flushing = inputs({
  packages: ["nftables"],
  files: {
    "/etc/nftables.conf": {
      content:
        "#!/usr/sbin/nft -f\nflush ruleset\n\ntable inet fleet {\n    chain input {\n" +
        "        type filter hook input priority filter; policy drop;\n        ct state established,related accept\n" +
        "        iif lo accept\n        tcp dport 22 accept\n        tcp dport 7777 accept\n    }\n}\n",
      mode: "0755",
    },
  },
  units: { "nftables.service": { onChange: "reload" } },
});

const create = (news: Properties) =>
  resource.create({ urn, inputs: news, preview: false, timeoutSeconds: 0 }).then(({ state }) => state);
const update = (olds: Properties, news: Properties) =>
  resource
    .update({ urn, id: "", olds, oldInputs: olds, news, preview: false, timeoutSeconds: 0, ignoreChanges: [] })
    .then(({ state }) => state);
/** Tables, and the ports that ours lets in. */
const rules = async () => ({
  tables: (await ssh("nft list tables")).split("\n").filter(Boolean).sort(),
  open: [...(await ssh("nft list table inet fleet 2>/dev/null || :")).matchAll(/dport (\d+)/g)].map(([, port]) => port),
});
const BY_HAND = ["table inet by-hand", "table ip DOCKER"];
const WITH_OURS = ["table inet by-hand", "table inet fleet", "table ip DOCKER"];

test("what listens for everybody is closed from outside as long as the firewall is there", async () => {
  const state = await create(opening());
  await ssh("systemd-run -q --unit loose python3 -m http.server --bind 0.0.0.0 8100");
  const { address } = (await labStatus(STACK)).hosts[0]!;
  const loose = sketch("loose", { ports: [tcp(8100, "loopback")] });
  const problems = () =>
    Promise.all(closedProbes([tcp(22)], [loose]).map((probe) => runProbe(probe, address, (name) => name))).then(
      (results) => results.map(({ problem }) => problem),
    );
  expect(await problems()).toEqual([undefined]);
  await ssh("systemctl stop nftables");
  await expect.poll(problems).toEqual(["it is open"]);
  await ssh("systemctl stop loose");
  await resource.delete({ urn, id: "", state, inputs: state, timeoutSeconds: 0 });
});

test("tables of others outlive whatever becomes of the firewall", async () => {
  let state = await create(flushing);
  await ssh("nft 'add table inet by-hand; add table ip DOCKER'");

  state = await update(state, opening(8080));
  expect(await rules()).toEqual({ tables: WITH_OURS, open: ["22", "8080"] });

  state = await update(state, opening(9090));
  expect(await rules()).toEqual({ tables: WITH_OURS, open: ["22", "9090"] });

  for (const verb of ["reload", "restart"]) {
    await ssh(`systemctl ${verb} nftables`);
    expect(await rules(), verb).toEqual({ tables: WITH_OURS, open: ["22", "9090"] });
  }

  await ssh("cp -p /etc/nftables.conf /run/right; echo 'table inet fleet { nonsense }' >>/etc/nftables.conf");
  await expect(ssh("systemctl reload nftables")).rejects.toThrow("nftables.service");
  expect(await rules(), "after a file that nft does not understand").toEqual({
    tables: WITH_OURS,
    open: ["22", "9090"],
  });
  await ssh("mv /run/right /etc/nftables.conf");

  await ssh("systemctl stop nftables");
  expect(await rules(), "stopped").toEqual({ tables: BY_HAND, open: [] });
  await ssh("systemctl start nftables");

  await resource.delete({ urn, id: "", state, inputs: state, timeoutSeconds: 0 });
  expect(await rules(), "removed").toEqual({ tables: BY_HAND, open: [] });
});
