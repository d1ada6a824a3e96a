import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { KEYS, PEERS, wireguardScript } from "../../services/wireguard/script.ts";

/** The script against a `wg` that writes down what it is told; real ones are in test/lab/fleet/mesh.test.ts. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-wireguard-"));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "private.key"), "OWN\n");
  const wg = `#!/bin/sh
case "$1 \${3-}" in
  "show private-key") cat ${folder}/running 2>/dev/null || exit 1 ;;
  "genkey ") echo MADE ;;
  "show allowed-ips" | "show endpoints" | "show latest-handshakes" | "show public-key" | "show listen-port") cat ${folder}/$3 ;;
  "pubkey ") read -r key; echo "public of $key" ;;
  addconf*) cat "$3" >${folder}/added ;;
  *) echo "$*" >>${folder}/said ;;
esac`;
  writeFileSync(join(folder, "bin/wg"), wg);
  chmodSync(join(folder, "bin/wg"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the interface has: key → address and endpoint. */
type Runtime = Record<string, [address: string, endpoint: string]>;
const run = (peers: string, action: string, runtime: Runtime = {}, more: Record<string, string> = {}) => {
  const lines = (pick: (of: [string, string]) => string) =>
    Object.entries(runtime)
      .map(([key, of]) => `${key}\t${pick(of)}\n`)
      .join("");
  const files = {
    peers,
    "allowed-ips": lines(([address]) => address),
    endpoints: lines(([, endpoint]) => endpoint),
    "public-key": "public of OWN\n",
    "listen-port": "51820\n",
    ...more,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const script = wireguardScript
    .replaceAll(KEYS, folder)
    .replaceAll(PEERS, join(folder, "peers"))
    .replaceAll("/etc/wireguard", folder)
    .replaceAll("/sys/class/net/$interface", join(folder, "interface"))
    .replace("case $1 in", "case $1 in follow) follow ;;");
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script, "sh", action], {
    env: { PATH: `${folder}/bin:${process.env.PATH}`, ADDRESS: "10.84.0.1/24", PORT: "51820" },
    encoding: "utf8",
  });
  return { status, stderr, ...(stdout !== "" && { stdout }) };
};
const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");

const HUB = "192.0.2.1:51820";
const dialled = `Endpoint = ${HUB}\nPersistentKeepalive = 25\n`;
test.each<[string, string, Runtime, string, string]>([
  ["no peers", "", {}, "", ""],
  [
    "what is as it should be is not touched",
    "tokyo 10.84.0.2/32 - T\nparis 10.84.0.3/32 - P\n",
    { T: ["10.84.0.2/32", "198.51.100.7:4000"], P: ["10.84.0.3/32", "(none)"] },
    "",
    "",
  ],
  [
    "a new spoke, and nothing of the others",
    "tokyo 10.84.0.2/32 - T\nparis 10.84.0.3/32 - P\n",
    { T: ["10.84.0.2/32", "(none)"] },
    "[Peer]\nPublicKey = P\nAllowedIPs = 10.84.0.3/32\n",
    "",
  ],
  [
    "a spoke that is gone",
    "tokyo 10.84.0.2/32 - T\n",
    { T: ["10.84.0.2/32", "(none)"], P: ["10.84.0.3/32", "(none)"] },
    "",
    "set wg0 peer P remove\n",
  ],
  [
    "a spoke made anew",
    "tokyo 10.84.0.2/32 - NEW\n",
    { T: ["10.84.0.2/32", "(none)"] },
    "[Peer]\nPublicKey = NEW\nAllowedIPs = 10.84.0.2/32\n",
    "set wg0 peer T remove\n",
  ],
  [
    "another address",
    "tokyo 10.84.0.9/32 - T\n",
    { T: ["10.84.0.2/32", "(none)"] },
    "[Peer]\nPublicKey = T\nAllowedIPs = 10.84.0.9/32\n",
    "",
  ],
  ["a spoke that could not be made is left out", "tokyo 10.84.0.2/32 - \n", {}, "", ""],
  [
    "the hub is dialled",
    `zurich 10.84.0.1/32 ${HUB} H\n`,
    {},
    `[Peer]\nPublicKey = H\n${dialled}AllowedIPs = 10.84.0.1/32\n`,
    "",
  ],
  ["the hub as it is", `zurich 10.84.0.1/32 ${HUB} H\n`, { H: ["10.84.0.1/32", HUB] }, "", ""],
  [
    "the hub has moved",
    `zurich 10.84.0.1/32 ${HUB} H\n`,
    { H: ["10.84.0.1/32", "192.0.2.9:51820"] },
    `[Peer]\nPublicKey = H\n${dialled}AllowedIPs = 10.84.0.1/32\n`,
    "",
  ],
  [
    "a next key is a peer without addresses",
    "tokyo 10.84.0.2/32 - T NEXT\n",
    { T: ["10.84.0.2/32", "(none)"] },
    "[Peer]\nPublicKey = NEXT\n",
    "",
  ],
  [
    "a next key of the hub is dialled too",
    `zurich 10.84.0.1/32 ${HUB} H NEXT\n`,
    { H: ["10.84.0.1/32", HUB] },
    `[Peer]\nPublicKey = NEXT\n${dialled}`,
    "",
  ],
  [
    "a next key that is in use keeps the addresses",
    "tokyo 10.84.0.2/32 - T NEXT\n",
    { T: ["(none)", "(none)"], NEXT: ["10.84.0.2/32", "(none)"] },
    "",
    "",
  ],
  [
    "so it does when the old one comes back",
    "tokyo 10.84.0.2/32 - T NEXT\n",
    { NEXT: ["10.84.0.2/32", "(none)"] },
    "[Peer]\nPublicKey = T\n",
    "",
  ],
  [
    "both are new",
    "tokyo 10.84.0.2/32 - T NEXT\n",
    {},
    "[Peer]\nPublicKey = NEXT\n[Peer]\nPublicKey = T\nAllowedIPs = 10.84.0.2/32\n",
    "",
  ],
  [
    "the old key is forgotten",
    "tokyo 10.84.0.2/32 - NEXT\n",
    { T: ["(none)", "(none)"], NEXT: ["10.84.0.2/32", "(none)"] },
    "",
    "set wg0 peer T remove\n",
  ],
])("sync: %s", (_, peers, runtime, added, said) => {
  expect(run(`# name, address, endpoint, key\n${peers}`, "sync", runtime)).toEqual({ status: 0, stderr: "" });
  expect([read("added"), read("said")]).toEqual([added, said]);
});

test("sync: an interface that has no key, or another port, gets its own", () => {
  expect(run("", "sync", {}, { "public-key": "(none)\n", "listen-port": "0\n" }).status).toBe(0);
  expect(read("said")).toBe(`set wg0 private-key ${folder}/private.key\nset wg0 listen-port 51820\n`);
});

test("a host whose hub's key is not known keeps the tunnel that it has", () => {
  expect(run(`zurich 10.84.0.1/32 ${HUB} \n`, "sync", { H: ["10.84.0.1/32", HUB] })).toEqual({
    status: 1,
    stderr: expect.stringContaining("the key of the hub is missing"),
  });
  expect([read("added"), read("said")]).toEqual(["", ""]);
});

const ADDRESS = "10.84.0.2/32",
  NONE = "(none)";
test.each<[string, string, Record<string, number>, Runtime, string]>([
  ["nobody changes a key", `tokyo ${ADDRESS} - OLD`, { OLD: 5 }, { OLD: [ADDRESS, ""] }, ""],
  [
    "the next key was never used",
    `tokyo ${ADDRESS} - OLD NEXT`,
    { OLD: 5, NEXT: 0 },
    { OLD: [ADDRESS, ""], NEXT: [NONE, ""] },
    "",
  ],
  [
    "neither was used since a start",
    `tokyo ${ADDRESS} - OLD NEXT`,
    { OLD: 0, NEXT: 0 },
    { OLD: [ADDRESS, ""], NEXT: [NONE, ""] },
    "",
  ],
  [
    "the next key came last",
    `tokyo ${ADDRESS} - OLD NEXT`,
    { OLD: 5, NEXT: 7 },
    { OLD: [ADDRESS, ""], NEXT: [NONE, ""] },
    `set wg0 peer NEXT allowed-ips ${ADDRESS}\n`,
  ],
  [
    "both in the same second",
    `tokyo ${ADDRESS} - OLD NEXT`,
    { OLD: 7, NEXT: 7 },
    { OLD: [ADDRESS, ""], NEXT: [NONE, ""] },
    `set wg0 peer NEXT allowed-ips ${ADDRESS}\n`,
  ],
  [
    "it has them already",
    `tokyo ${ADDRESS} - OLD NEXT`,
    { OLD: 5, NEXT: 7 },
    { OLD: [NONE, ""], NEXT: [ADDRESS, ""] },
    "",
  ],
  [
    "the host went back",
    `tokyo ${ADDRESS} - OLD NEXT`,
    { OLD: 9, NEXT: 7 },
    { OLD: [NONE, ""], NEXT: [ADDRESS, ""] },
    `set wg0 peer OLD allowed-ips ${ADDRESS}\n`,
  ],
])("addresses follow the key that shook hands last: %s", (_, peers, handshakes, runtime, said) => {
  expect(
    run(`# title\n${peers}\n`, "follow", runtime, {
      "latest-handshakes": Object.entries(handshakes)
        .map(([key, at]) => `${key}\t${at}\n`)
        .join(""),
    }),
  ).toEqual({ status: 0, stderr: "" });
  expect(read("said")).toBe(said);
});

const [RUNNING, WRITTEN] = [`${"R".repeat(43)}=`, `${"W".repeat(43)}=`];
test.each<[string, Record<string, string>, string]>([
  ["none was here: one is made", {}, "MADE"],
  ["a key that the fleet has made is kept", { "private.key": "OWN\n", running: `${RUNNING}\n` }, "OWN"],
  ["an interface is up: its key is taken over", { running: `${RUNNING}\n` }, RUNNING],
  ["an interface is up and has none", { running: "(none)\n" }, "MADE"],
  ["one is only configured", { "wg0.conf": `[Interface]\n  PrivateKey=${WRITTEN} # ours\n` }, WRITTEN],
  ["what runs wins", { running: `${RUNNING}\n`, "wg0.conf": `PrivateKey = ${WRITTEN}\n` }, RUNNING],
  ["a file without a key", { "wg0.conf": "[Interface]\nPrivateKey = \n" }, "MADE"],
])("the key of a WireGuard that was here before: %s", (_, files, key) => {
  rmSync(join(folder, "private.key"));
  run("", "up", {}, { interface: "", ...files });
  expect(read("private.key")).toBe(`${key}\n`);
});

test.each<[string, string, Runtime, string[]]>([
  ["no peers", "", {}, []],
  ["all are listed", "tokyo 10.84.0.2/32 - T NEXT\n", { T: ["10.84.0.2/32", ""], NEXT: [NONE, ""] }, []],
  [
    "two are not",
    "tokyo 10.84.0.2/32 - T\n",
    { T: [ADDRESS, ""], B: [NONE, ""], A: ["10.84.0.9/32 10.9.0.0/16", ""] },
    ["A 10.84.0.9/32 10.9.0.0/16", "B (none)"],
  ],
])("as a keeper it tells the peers that somebody added by hand: %s", (_, peers, runtime, unlisted) => {
  const { status, stdout } = run(`# title\n${peers}`, "read", runtime, { interface: "" });
  expect([status, JSON.parse(stdout!)]).toEqual([0, { "interface wg0": { unlisted } }]);
});

test("a keeper without an interface has no peers to tell, and one that is not answered fails", () => {
  expect(run("", "read", { T: [ADDRESS, ""] })).toEqual({
    status: 0,
    stderr: "",
    stdout: '{"interface wg0": {"unlisted": []}}\n',
  });
  writeFileSync(join(folder, "bin/wg"), "#!/bin/sh\nexit 1\n");
  expect(run("", "read", {}, { interface: "" })).toMatchObject({
    status: 1,
    stdout: "wg does not tell the peers of wg0\n",
  });
});
