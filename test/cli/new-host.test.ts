import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { newHost } from "../../src/cli/commands/new-host.ts";
import { hostFile } from "../../src/model/host-template.ts";
import { loadFleet, ROOT } from "../../src/load/fleet.ts";
import { nextMeshAddress } from "../../src/model/mesh-address.ts";
import { vps } from "../../src/model/host.ts";
import { fleetOf } from "../model/fixtures.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "fleet-new-host-"));
  for (const folder of ["hosts/tiny", "stacks/tiny"]) await mkdir(join(root, folder), { recursive: true });
  await symlink(join(ROOT, "src"), join(root, "src"));
  await writeFile(
    join(root, "hosts/tiny/hub.ts"),
    'import { vps } from "../../src/model/host.ts";\n' +
      'export default vps({ name: "hub", os: "debian", mesh: "10.84.0.1", ipv4: "192.0.2.1", ' +
      'publicPorts: ["51820/udp"] });\n',
  );
  await writeFile(
    join(root, "stacks/tiny/fleet.ts"),
    `import { fleet } from "../../src/model/fleet.ts";
const mesh = { type: "wireguard", network: "10.84.0.0/24", hub: "hub" };
export default (hosts) => fleet({ name: "tiny", hosts, mesh });\n`,
  );
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true });
});

const files = async () => (await readdir(join(root, "hosts/tiny"))).sort();

test("writes one file with the next free address, and a second one gets the next", async () => {
  await newHost("tiny", "tokyo", { kind: "aws", region: "ap-northeast-1", type: "t4g.nano" }, root);
  await newHost("tiny", "osaka", { kind: "pi" }, root);
  expect(await files()).toEqual(["hub.ts", "osaka.ts", "tokyo.ts"]);
  expect(await readFile(join(root, "hosts/tiny/tokyo.ts"), "utf8")).toBe(
    'import { aws } from "../../src/model/host.ts";\n\n' +
      'export default aws({ name: "tokyo", type: "t4g.nano", region: "ap-northeast-1", mesh: "10.84.0.2", ' +
      'os: "debian", services: [] });\n',
  );
  expect(await readFile(join(root, "hosts/tiny/osaka.ts"), "utf8")).toContain('mesh: "10.84.0.3"');
});

test("a droplet's file has its size and region, and loads as one that is made", async () => {
  await newHost(
    "tiny",
    "spare",
    { kind: "digitalocean", region: "nyc3", type: "s-1vcpu-1gb", mesh: "10.84.0.9" },
    root,
  );
  const { hosts } = (await loadFleet("tiny", root)).fleet;
  expect(hosts.find(({ name }) => name === "spare")).toMatchObject({
    kind: "digitalocean",
    size: "s-1vcpu-1gb",
    region: "nyc3",
    os: "debian",
    adopt: false,
    status: "active",
    mesh: "10.84.0.9",
  });
});

test("the fleet's own words win", async () => {
  await writeFile(
    join(root, "stacks/tiny/new-host.ts"),
    `export default ({ kind, name, mesh }) => kind === "vps"
    ? \`import { vps } from "../../src/model/host.ts";
export default vps({ name: "\${name}", os: "debian", note: "ours", mesh: "\${mesh}" });
\` : undefined;\n`,
  );
  await newHost("tiny", "kyoto", { kind: "vps" }, root);
  expect(await readFile(join(root, "hosts/tiny/kyoto.ts"), "utf8")).toContain('note: "ours", mesh: "10.84.0.2"');
  await newHost("tiny", "nara", { kind: "pi" }, root);
  expect(await readFile(join(root, "hosts/tiny/nara.ts"), "utf8")).toContain("export default pi(");
});

test.each([
  ["a taken name", "hub", { kind: "pi" }, /^hosts\/tiny\/hub\.ts is there already/],
  ["a name that is none", "To Kyo", { kind: "pi" }, /^"To Kyo" can't be a host: name must be lower-case/],
  [
    "a wrong region",
    "tokyo",
    { kind: "aws", region: "ap-tokyo-1", type: "t4g.nano" },
    /hosts\/tiny\/tokyo\.ts: host "tokyo" is not valid\n {2}region: must be a region of AWS, such as "eu-west-2" \(found "ap-tokyo-1"\)/,
  ],
  ["no region", "tokyo", { kind: "aws", type: "t4g.nano" }, /needs --region, such as --region eu-west-2/],
  [
    "a droplet without a size",
    "spare",
    { kind: "digitalocean", region: "nyc3" },
    /needs --type, such as --type s-1vcpu/,
  ],
  [
    "a used address",
    "tokyo",
    { kind: "pi", mesh: "10.84.0.1" },
    /hosts\/tiny\/hub\.ts, hosts\/tiny\/tokyo\.ts: the address 10\.84\.0\.1 belongs to hub \(mesh\) and tokyo \(mesh\)/,
  ],
  ["an address outside the mesh", "tokyo", { kind: "pi", mesh: "10.85.0.2" }, /hosts\/tiny\/tokyo\.ts.*10\.85\.0\.2/],
  ["an address that is none", "tokyo", { kind: "pi", mesh: "tokyo" }, /mesh: must be an IPv4 address/],
] as const)("%s is refused with the file, and nothing is written", async (_, name, options, message) => {
  await expect(newHost("tiny", name, options as Parameters<typeof newHost>[2], root)).rejects.toThrow(message);
  expect(await files()).toEqual(["hub.ts"]);
  expect(await readFile(join(root, "hosts/tiny/hub.ts"), "utf8")).toContain('"hub"');
});

test("each kind of machine has a file that says what it is", () => {
  expect(hostFile({ name: "m", kind: "mac" })).toContain('mac({ name: "m", services: [] })');
  expect(hostFile({ name: "m", kind: "mini-pc", region: "home" })).toContain(
    'miniPc({ name: "m", location: "home", os: "debian", services: [] })',
  );
  expect(hostFile({ name: "m", kind: "bare-metal" })).toContain("import { bareMetal }");
  expect(hostFile({ name: "m", kind: "hetzner", type: "cx23", region: "hel1" })).toContain(
    'type: "cx23", location: "hel1"',
  );
  expect(hostFile({ name: "m", kind: "digitalocean", type: "s-1vcpu-1gb", region: "nyc3" })).toContain(
    'size: "s-1vcpu-1gb", region: "nyc3"',
  );
});

test.each([
  ["no mesh", undefined, [], undefined],
  ["a gap is filled first", "10.84.0.0/24", [1, 2, 4], "10.84.0.3"],
  ["devices count", "10.84.0.0/24", [1, 3], "10.84.0.4"],
  ["a full network", "10.84.0.0/30", [1], undefined],
])("the next address: %s", (_, network, taken, expected) => {
  const hosts = taken.map((n) => vps({ name: `h${n}`, os: "debian", mesh: `10.84.0.${n}` }));
  const fleet = fleetOf({
    hosts,
    ...(network && {
      mesh: {
        type: "wireguard",
        network,
        hub: "h1",
        peers: [{ name: "laptop", address: "10.84.0.2", publicKey: `${"A".repeat(43)}=` }],
      },
    }),
  });
  expect(nextMeshAddress(fleet)).toBe(expected);
});
