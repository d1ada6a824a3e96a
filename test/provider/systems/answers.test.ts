/** What a look makes of an answer with a part missing, unreadable or contradicting: never "as declared", never "gone". */
import { expect, test } from "vitest";
import { diffService } from "../../../src/provider/service/diff.ts";
import { propertiesOf, type Shape } from "../../../src/provider/aspects/shape.ts";
import { sha256 } from "../../../src/provider/aspects/files/sha256.ts";
import { lookScript, readLook, type Seen } from "../../../src/provider/systems/look.ts";
import { shape } from "../fixtures.ts";
import { answer, worldOf, type World } from "../world.ts";

const conf = "/etc/web.conf";
const [vendor, override] = ["/usr/lib/systemd/system/nginx.service", "/etc/systemd/system/nginx.service"];
/** One of everything that is asked for. */
const web = shape({
  packages: ["nginx"],
  groups: { ops: {} },
  users: { app: { groups: ["ops"] } },
  directories: { "/srv/web": {} },
  files: { [conf]: { content: "a\n" } },
  artifacts: { "/opt/web": { url: "https://example.com/web", sha256: sha256("/opt/web") } },
  units: { "web.service": { text: "[Service]\n" }, "nginx.service": { dropIns: { limits: "[Service]\nNice=1\n" } } },
  containers: {
    api: { engine: "podman", image: "ghcr.io/a/b@sha256:0", healthUrl: "http://127.0.0.1:80/", health: "healthy" },
    db: { engine: "docker", image: "ghcr.io/a/c@sha256:0", health: "healthy" },
  },
  records: { "/opt/keeper": { tokyo: { interval: 30 } } },
  cron: { sync: { schedule: "0 3 * * *", user: "app", command: "true" } },
  sysctl: { "net.ipv4.ip_forward": "1" },
  timeZone: "Europe/Berlin",
  checks: [{ kind: "tcp", port: 80 }],
});
/** On the same host, with nothing of these. */
const other = shape({ directories: { "/srv/other": {} } });
const declared = [web, other];
const expectations = declared.map((one, i) => ({ service: ["web", "other"][i]!, shape: one }));
const script = lookScript(expectations, "run");
const worlds = [worldOf("web", web), worldOf("other", other)];
const right: World = {
  ...worlds[0]!,
  files: { ...worlds[0]!.files, [vendor]: { text: "" } },
  directories: { ...worlds[0]!.directories, ...worlds[1]!.directories },
  journal: { ...worlds[0]!.journal, ...worlds[1]!.journal },
};
const target = { host: "h", service: "s", connection: {} };
const drift = ({ found }: Seen, to: Shape) =>
  Object.keys(diffService(propertiesOf(target, found), propertiesOf(target, to)).detailed);
const reasons = ({ unknown, untold }: Seen) => [...unknown, ...untold];
const look = (said: string) => readLook(said, expectations);

test("a whole answer of a world that is right is right, of all services", () => {
  const seen = look(answer(script, right));
  expect(seen.map(reasons)).toEqual([[], []]);
  expect(seen.map((one, i) => drift(one, declared[i]!))).toEqual([[], []]);
});

/** Takes lines out, from the first that matches as long as they do. */
const without = (pattern: RegExp) => (said: string) =>
  said
    .split("\n")
    .filter((line) => !pattern.test(line))
    .join("\n");
/** Takes sections out. */
const unsaid = (pattern: RegExp) => (said: string) => {
  let isIn = false;
  return said
    .split("\n")
    .filter((line) => !(isIn = line.startsWith("#fleet:") ? pattern.test(line) : isIn))
    .join("\n");
};
const put = (pattern: RegExp, instead: string) => (said: string) => said.replace(pattern, instead);
const twice = (pattern: RegExp, also: string) => (said: string) => said.replace(pattern, `$&\n${also}`);

test.each<[string, (said: string) => string, RegExp]>([
  ["packages: none told", unsaid(/^#fleet:packages/), /package nginx: the host gave no answer/],
  ["packages: one not told", without(/^installed nginx/), /package nginx: the host gave no answer/],
  [
    "packages: an error instead",
    put(/^installed nginx$/m, "dpkg-query: error: the database is locked"),
    /package nginx/,
  ],
  ["packages: words that are no state", put(/^installed nginx$/m, "hello nginx"), /package nginx/],
  ["packages: two answers", twice(/^installed nginx$/m, "dpkg-query: no packages found matching nginx"), /two answers/],
  ["accounts: none told", unsaid(/^#fleet:passwd$/), /account app/],
  ["accounts: cut", unsaid(/^#fleet:passwd-end/), /account app/],
  ["accounts: a line that is none", put(/^app:x:.*$/m, "app:x:901"), /account app/],
  [
    "accounts: contradicting",
    twice(/^app:x:[^\n]*nologin$/m, "app:x:0:0::/root:/bin/sh"),
    /account app: the host gave two/,
  ],
  ["groups: none told", unsaid(/^#fleet:group$/), /group ops/],
  ["groups: cut", unsaid(/^#fleet:group-end/), /group ops/],
  ["groups: contradicting", twice(/^ops:x:[^\n]*$/m, "ops:x:1:"), /group ops: the host gave two/],
  ["a directory: not told", without(/\t\/srv\/web\/$/), /\/srv\/web: the host gave no answer/],
  [
    "a directory: words that are no facts",
    put(/^found\t[^\n]*\t\/srv\/web\/$/m, "found\t41ed\troot\t/srv/web/"),
    /\/srv\/web/,
  ],
  [
    "a directory: two answers",
    twice(/^found\t[^\n]*\t\/srv\/web\/$/m, "absent\t/srv/web/"),
    /\/srv\/web: the host gave two/,
  ],
  ["paths: none told", unsaid(/^#fleet:(paths|text)/), /the host gave no answer/],
  ["a file: not told", without(/\t\/etc\/web\.conf\/$/), /web\.conf: the host gave no answer/],
  ["a file: without its hash", without(/^hash\t.*\/etc\/web\.conf\/$/), /web\.conf: the host gave no hash/],
  [
    "a file: that could not be read",
    put(/^hash\t\S+\t\/etc\/web\.conf\/$/m, "unread\tInput/output error\t/etc/web.conf/"),
    /Input\/output error/,
  ],
  ["a file: two hashes", twice(/^hash\t\S+\t\/etc\/web\.conf\/$/m, `hash\t${"0".repeat(64)}\t${conf}/`), /web\.conf/],
  ["an artifact: not told", without(/\t\/opt\/web\/$/), /\/opt\/web: the host gave no answer/],
  ["units: none told", unsaid(/^#fleet:units/), /unit web\.service: the host gave no answer/],
  ["units: one property not told", without(/^NeedDaemonReload=/), /unit .*: systemd's answer was cut short/],
  ["units: without a state", put(/^ActiveState=active$/m, "ActiveState="), /unit .*: systemd's answer was cut short/],
  ["units: bus errors", put(/^LoadState=loaded$/m, "Failed to get properties: Connection timed out"), /cut short/],
  [
    "a unit: systemctl can't show it",
    () => answer(script, { ...right, unshown: { "nginx.service": "Connection timed out" } }),
    /unit nginx\.service: systemd did not tell: Connection timed out/,
  ],
  [
    "a unit: two answers",
    put(/^Names=web\.service$/m, "Names=web.service nginx.service"),
    /unit nginx\.service: the host gave two/,
  ],
  ["drop-ins: the folder not told", without(/^(un)?listed\t/), /folder .*\.service\.d: the host gave no answer/],
  ["drop-ins: the folder cut", without(/^holds\t/), /list was cut short/],
  ["a drop-in: not told", without(/^(found|hash)\t.*limits\.conf\/$/), /limits\.conf: the host gave no answer/],
  [
    "an override: not told",
    without(/^absent\t.*\/etc\/systemd\/system\/nginx\.service\/$/),
    /nginx\.service: the host gave no answer/,
  ],
  [
    "an override: the package's own not told",
    () =>
      without(/\t\/usr\/lib\/.*nginx\.service\/$/)(
        answer(script, { ...right, files: { ...right.files, [override]: { text: "" } } }),
      ),
    /nginx\.service: the host gave no answer/,
  ],
  [
    "containers: none told",
    unsaid(/^#fleet:containers podman/),
    /container api: podman did not tell: it gave no answer/,
  ],
  [
    "containers: the engine does not answer",
    () => answer(script, { ...right, engines: { podman: "", docker: "Cannot connect to the Docker daemon" } }),
    /container db: docker did not tell: Cannot connect to the Docker daemon/,
  ],
  [
    "containers: words that are no facts",
    () => answer(script, right).replace(/(?<=#fleet:containers podman\n).*/, Buffer.from('["api"').toString("base64")),
    /cannot be read/,
  ],
  ["containers: the health not asked", unsaid(/^#fleet:answered/), /container api: podman did not tell: its health/],
  [
    "containers: one that has just started",
    () =>
      answer(script, {
        ...right,
        containers: { ...right.containers, db: { ...right.containers.db, health: "starting" } },
      }),
    /container db: it has just started, and its health is not known yet/,
  ],
  ["cron: not told", without(/\t\/etc\/cron\.d\/sync\/$/), /cron\.d\/sync: the host gave no answer/],
  ["a setting: not told", unsaid(/^#fleet:settings/), /kernel setting net\.ipv4\.ip_forward/],
  ["a setting: unreadable", put(/^(\/proc\/sys\/.*):1$/m, "grep: $1: Input/output error"), /kernel setting/],
  [
    "a setting: two answers",
    twice(/^\/proc\/sys\/.*:1$/m, "/proc/sys/net/ipv4/ip_forward:0"),
    /kernel setting net\.ipv4\.ip_forward: the host gave two/,
  ],
  [
    "a setting: there and not there",
    twice(/^\/proc\/sys\/.*:1$/m, "grep: /proc/sys/net/ipv4/ip_forward: No such file or directory"),
    /kernel setting net\.ipv4\.ip_forward: the host gave two/,
  ],
  ["a setting: what is read at boot not told", unsaid(/^#fleet:boot$/), /kernel setting/],
  ["a setting: what is read at boot cut", unsaid(/^#fleet:boot-end/), /kernel setting/],
  ["the time zone: not told", unsaid(/^#fleet:timezone/), /time zone/],
  ["the time zone: no line", without(/^\/usr\/share\/zoneinfo/), /time zone/],
  ["the time zone: two answers", twice(/^\/usr\/share\/zoneinfo\/.*$/m, "/usr/share/zoneinfo/Etc/UTC"), /time zone/],
  [
    "the time zone: words that are none",
    put(/^\/usr\/share\/zoneinfo\/.*$/m, "readlink: Input/output error"),
    /time zone/,
  ],
  ["records: none told", unsaid(/^#fleet:records/), /keeper could not read its records: it gave no answer/],
  ["records: the keeper fails", () => answer(script, { ...right, records: { "/opt/keeper": "no store" } }), /no store/],
  ["records: cut", put(/^(#fleet:records .*\n)(.*)$/m, "$1eyJ0b2t5byI6"), /no JSON/],
  [
    "records: two answers",
    (said) => said.replace("#fleet:ports", "#fleet:no-records /opt/keeper\n#fleet:ports"),
    /records/,
  ],
  ["ports: none told", unsaid(/^#fleet:ports$/), /tcp port 80/],
  ["ports: cut", unsaid(/^#fleet:ports-end/), /tcp port 80/],
  ["the journal: not told", unsaid(/^#fleet:(unfinished|before) web/), /written down of web/],
  ["the journal: a half of it", unsaid(/^#fleet:before web/), /written down of web/],
  ["the journal: cut", put(/^(#fleet:before web\n)\. 0$/m, "$1"), /written down of web/],
  ["the journal: a line that is none", put(/^(#fleet:before web\n)\. 0$/m, "$1{\n. 1"), /written down of web/],
  ["the journal: a line too few", put(/^(#fleet:before web\n)\. 0$/m, "$1. 1"), /written down of web/],
  ["the journal: two answers", twice(/^#fleet:before web\n\. 0$/m, "#fleet:before web\n-"), /written down of web/],
])("%s: this service is unknown, and the other is not", (name, damage, reason) => {
  const said = answer(script, right);
  const damaged = damage(said);
  expect(damaged, `${name} damages nothing`).not.toBe(said);
  const [seen, others] = look(damaged) as [Seen, Seen];
  expect(reasons(seen).join("\n")).toMatch(reason);
  // Nobody can tell anything of a path when none is told.
  if (name.startsWith("paths: none")) return;
  expect(reasons(others)).toEqual([]);
  expect(drift(others, other)).toEqual([]);
});

test("the files beside units that another service asks for, too, are known to both", () => {
  const path = "/etc/systemd/system/web.service.d/x.conf";
  const both = [
    { service: "web", shape: shape({ units: { "web.service": {} } }) },
    { service: "other", shape: shape({ files: { [path]: { content: "[Service]\n" } } }) },
  ];
  const world = {
    ...right,
    files: { [path]: { text: "[Service]\n" } },
    units: { "web.service": { DropInPaths: path } },
  };
  const said = answer(lookScript(both, "run"), { ...world, journal: { web: {}, other: {} } });
  const seen = readLook(said, both);
  expect(seen.map(reasons)).toEqual([[], []]);
  expect(seen[0]!.found.units["web.service"]!.dropIns).toEqual({ x: "[Service]\n" });
});

test("a text that is another service's is shown, though it did not come back", () => {
  const two = [
    { service: "web", shape: shape({ files: { "/etc/a": { content: "a" } } }) },
    { service: "other", shape: shape({ files: { "/etc/b": { content: "b" } } }) },
  ];
  const world = { ...right, files: { "/etc/a": { text: "b" }, "/etc/b": { text: "b" } } };
  const said = answer(lookScript(two, "run"), world);
  expect(said).not.toContain("#fleet:text");
  expect(readLook(said, two)[0]!.found.files["/etc/a"]!.content).toBe("b");
});

test("a service without files is looked at, too", () => {
  const bare = [{ service: "web", shape: shape({ packages: ["nginx"] }) }];
  expect(readLook(answer(lookScript(bare, "run"), right), bare)[0]!.found.packages).toEqual(["nginx"]);
});

/** Worlds that are not as declared, each in one way and for one of the services. */
const wrong: Partial<World>[] = [
  {},
  { packages: [] },
  { groups: { ...right.groups, ops: { gid: "900", members: [] } } },
  { directories: { ...right.directories, "/srv/web": { owner: "app" } } },
  { directories: { "/srv/web": {} } },
  { files: { ...right.files, [conf]: { text: "b\n" } } },
  { files: { ...right.files, [override]: { text: "[Service]\n" } } },
  { files: { ...right.files, "/etc/systemd/system/web.service.d/x.conf": { text: "[Service]\n" } } },
  { files: { ...right.files, "/etc/sysctl.d/99-x.conf": { text: "net.ipv4.ip_forward=0\n" } } },
  { units: { ...right.units, "web.service": { ActiveState: "failed" } } },
  { units: { "web.service": right.units["web.service"]! } },
  { settings: { "net.ipv4.ip_forward": "0" } },
  { timeZone: "Etc/UTC" },
  { records: { "/opt/keeper": {} } },
  { ports: [] },
  { journal: { ...right.journal, web: { unfinished: ["restart web.service"], before: [] } } },
];
test.each(wrong.slice(1).map((world) => [Object.keys(world)[0], world] as const))(
  "a world with other %s is not as declared",
  (_, world) => {
    const drifts = look(answer(script, { ...right, ...world })).map((seen, i) => drift(seen, declared[i]!));
    expect(drifts.filter((paths) => paths.length > 0)).toHaveLength(1);
  },
);

/** Its lines, section by section. */
const sectionsOf = (said: string): string[][] =>
  said
    .trimEnd()
    .split(/\n(?=#fleet:)/)
    .map((section) => section.split("\n"));
const joined = (sections: string[][]) => `${sections.map((lines) => lines.join("\n")).join("\n")}\n`;
const NOISE = [
  "",
  "Last login: today",
  "a b",
  "\0\u0001\ufffd",
  "x".repeat(200_000),
  "=",
  "::::::",
  "\t/\t/",
  "- .",
  "{}",
];

type Damage = (sections: string[][], pick: (below: number) => number) => void;
/** After these what is told is as it was, or it is not known at all. */
const harmless: Damage[] = [
  (all, pick) => all.splice(pick(all.length)),
  (all, pick) => all.splice(pick(all.length), 1),
  (all, pick) => all.splice(pick(all.length), 0, [...all[pick(all.length)]!]),
  (all, pick) => all.splice(pick(all.length), 0, ...all.splice(pick(all.length), 1)),
  (all, pick) => {
    const [head, ...lines] = all[pick(all.length)]!;
    all.splice(
      all.findIndex(([first]) => first === head),
      1,
      [head!, ...lines.reverse()],
    );
  },
  (all, pick) => {
    const lines = all[pick(all.length)]!;
    lines.splice(1 + pick(lines.length), 0, NOISE[pick(NOISE.length)]!);
  },
];
/** After this something may seem to be gone, and never to be right. */
const loss: Damage = (all, pick) => {
  const lines = all[pick(all.length)]!;
  const at = pick(lines.length);
  if (!lines[at]?.startsWith("extra")) lines.splice(at, 1);
};

const SECONDS = Number(process.env["FUZZ_SECONDS"] ?? 4);
test(`answers that are damaged at random, for ${SECONDS} s`, { timeout: (SECONDS + 20) * 1000 }, () => {
  const first = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1e6);
  const end = Date.now() + SECONDS * 1000;
  let rounds = 0;
  for (let seed = first; Date.now() < end; seed += 1, rounds += 1) expectOneRound(seed);
  console.log(`${rounds} rounds from seed ${first}`);
});

function expectOneRound(seed: number): void {
  let state = seed;
  const pick = (below: number) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % Math.max(1, below);
  };
  pick(1);
  const said = answer(script, { ...right, ...wrong[pick(wrong.length)] });
  const truth = look(said);
  const all = sectionsOf(said);
  const isLossy = pick(3) === 0;
  for (let n = 1 + pick(3); n > 0 && all.length > 0; n -= 1)
    (isLossy ? loss : harmless[pick(harmless.length)]!)(all, pick);
  let seen: Seen[];
  try {
    seen = look(joined(all));
  } catch (error) {
    expect((error as Error).message, `seed ${seed}`).toMatch(/cut short|another change is under way/);
    return;
  }
  seen.forEach((one, i) => {
    if (reasons(one).length > 0) return;
    if (!isLossy) expect(one.found, `seed ${seed}`).toEqual(truth[i]!.found);
    else if (drift(truth[i]!, declared[i]!).length > 0)
      expect(drift(one, declared[i]!), `seed ${seed}`).not.toEqual([]);
  });
}
