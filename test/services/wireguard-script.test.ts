import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { KEYS, PEERS, wireguardScript } from "../../services/wireguard/script.ts";

/** The script against a `wg` that writes down what it is told; real ones are in test/lab/mesh.test.ts. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-wireguard-"));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "private.key"), "OWN=\n");
  const wg = `#!/bin/sh
case "$1 \${2-} \${3-}" in
  "show wg0 listen-port") echo 40000 ;;
  "show wg0 latest-handshakes") cat ${folder}/handshakes ;;
  "show wg0 allowed-ips") cat ${folder}/allowed ;;
  syncconf*) cat "$3" >${folder}/config ;;
  *) echo "$*" >>${folder}/said ;;
esac`;
  writeFileSync(join(folder, "bin/wg"), wg);
  chmodSync(join(folder, "bin/wg"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (peers: string, action: string, env: Record<string, string> = {}) => {
  writeFileSync(join(folder, "peers"), peers);
  const script = wireguardScript.replaceAll(KEYS, folder).replaceAll(PEERS, join(folder, "peers")).replace("case $1 in", `case $1 in follow) follow ;;`);
  const { status, stderr } = spawnSync("sh", ["-c", script, "sh", action], { env: { PATH: `${folder}/bin:${process.env.PATH}`, ADDRESS: "10.84.0.1/24", ...env }, encoding: "utf8" });
  return { status, stderr };
};
const read = (name: string) => readFileSync(join(folder, name), "utf8");
const interfaceOf = (port: number) => `[Interface]\nPrivateKey = OWN=\nListenPort = ${port}\n`;
const dialled = "Endpoint = 192.0.2.1:51820\nPersistentKeepalive = 25\n";

test.each([
  ["no peers", "# name, address\n", { PORT: "51820" }, interfaceOf(51820)],
  ["a spoke keeps the port that it has", "zurich 10.84.0.1/32 192.0.2.1:51820 HUB=\n", {}, `${interfaceOf(40000)}\n[Peer]\nPublicKey = HUB=\n${dialled}AllowedIPs = 10.84.0.1/32\n`],
  ["a next key is a peer without addresses", "tokyo 10.84.0.2/32 - OLD= NEXT=\n", { PORT: "51820" }, `${interfaceOf(51820)}\n[Peer]\nPublicKey = OLD=\nAllowedIPs = 10.84.0.2/32\n\n[Peer]\nPublicKey = NEXT=\n`],
  ["a next key of the hub is dialled too", "zurich 10.84.0.1/32 192.0.2.1:51820 OLD= NEXT=\n", {}, `${interfaceOf(40000)}\n[Peer]\nPublicKey = OLD=\n${dialled}AllowedIPs = 10.84.0.1/32\n\n[Peer]\nPublicKey = NEXT=\n${dialled}`],
  ["a spoke that could not be made is left out", "tokyo 10.84.0.2/32 - \nparis 10.84.0.3/32 - KEY=\n", { PORT: "51820" }, `${interfaceOf(51820)}\n[Peer]\nPublicKey = KEY=\nAllowedIPs = 10.84.0.3/32\n`],
])("sync: %s", (_, peers, env, config) => {
  expect(run(peers, "sync", env)).toEqual({ status: 0, stderr: "" });
  expect(read("config").trimEnd()).toBe(config.trimEnd());
});

test.each([
  ["its hub's key is not known", () => "zurich 10.84.0.1/32 192.0.2.1:51820 \n"],
  ["there is no private key", () => (rmSync(join(folder, "private.key")), "zurich 10.84.0.1/32 192.0.2.1:51820 HUB=\n")],
])("a host keeps its tunnel when %s", (_, peers) => {
  expect(run(peers(), "sync")).toEqual({ status: 1, stderr: expect.stringContaining("missing") });
  expect(() => read("config")).toThrow("ENOENT");
});

test.each([
  ["nobody changes a key", "tokyo 10.84.0.2/32 - OLD=", [["OLD=", 5]], "OLD=\t10.84.0.2/32", undefined],
  ["the next key was never used", "tokyo 10.84.0.2/32 - OLD= NEXT=", [["OLD=", 5], ["NEXT=", 0]], "OLD=\t10.84.0.2/32", undefined],
  ["neither was used since a start", "tokyo 10.84.0.2/32 - OLD= NEXT=", [["OLD=", 0], ["NEXT=", 0]], "OLD=\t10.84.0.2/32", undefined],
  ["the next key came last", "tokyo 10.84.0.2/32 - OLD= NEXT=", [["OLD=", 5], ["NEXT=", 7]], "OLD=\t10.84.0.2/32\nNEXT=\t(none)", "set wg0 peer NEXT= allowed-ips 10.84.0.2/32\n"],
  ["it has them already", "tokyo 10.84.0.2/32 - OLD= NEXT=", [["OLD=", 5], ["NEXT=", 7]], "OLD=\t(none)\nNEXT=\t10.84.0.2/32", undefined],
  ["the host went back", "tokyo 10.84.0.2/32 - OLD= NEXT=", [["OLD=", 9], ["NEXT=", 7]], "OLD=\t(none)\nNEXT=\t10.84.0.2/32", "set wg0 peer OLD= allowed-ips 10.84.0.2/32\n"],
])("addresses follow the key that shook hands last: %s", (_, peers, handshakes, allowed, said) => {
  writeFileSync(join(folder, "handshakes"), handshakes.map((line) => `${line.join("\t")}\n`).join(""));
  writeFileSync(join(folder, "allowed"), `${allowed}\n`);
  expect(run(`# title\n${peers}\n`, "follow")).toEqual({ status: 0, stderr: "" });
  if (said === undefined) expect(() => read("said")).toThrow("ENOENT");
  else expect(read("said")).toBe(said);
});
