import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { containers } from "../../../src/provider/aspects/containers/index.ts";
import { CONTAINERS, type Asked } from "../../../src/provider/aspects/containers/question.ts";
import { sectionsOf } from "../../../src/provider/remote/sh.ts";

/** What the real scripts do with engines that are stand-ins: as Podman and Docker print it, word for word. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-engines-"));
  for (const tool of ["sh", "grep", "base64", "sort", "cat"])
    symlinkSync(execFileSync("which", [tool]).toString().trim(), join(folder, tool));
});
afterEach(() => rmSync(folder, { recursive: true }));

const engine = (name: string, script: string) => {
  writeFileSync(join(folder, name), `#!${folder}/sh\necho "$@" >>${folder}/said\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
};
const run = (lines: string[]) =>
  execFileSync(join(folder, "sh"), ["-c", ["ok() { :; }", ...lines].join("\n")], { env: { PATH: folder } }).toString();
const look = (...asked: Asked[]) => {
  const said = Map.groupBy(sectionsOf(run(CONTAINERS.ask(asked))), ({ name }) => name);
  return asked.map(CONTAINERS.read(said, asked));
};
const api: Asked = { engine: "podman", name: "api" };
const PODMAN = `["api","ghcr.io/a/b@sha256:0","sha256:1",["serve","a b"],"1000",true,[{"Type":"bind","Source":"/etc/api","Destination":"/c","RW":false}],{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8000"}]},"running","healthy"]`;
const DOCKER = `["/db","docker.io/a/b@sha256:0","",null,"",false,null,null,"exited",""]`;
const tells = (names: string[], lines: string) =>
  `case $1 in ps) printf '%s\\n' ${names.join(" ")} ;; container) cat <<'END'\n${lines}\nEND\n;; esac`;

test("containers of both engines are told, each engine being asked twice, however many there are", () => {
  engine("podman", tells(["api", "api-2", "other"], `${PODMAN}\n${PODMAN.replace('"api"', '"api-2"')}`));
  engine("docker", tells(["db"], DOCKER));
  const [first, second, db] = look(api, { ...api, name: "api-2" }, { engine: "docker", name: "db" });
  expect(first).toMatchObject({
    is: "found",
    value: {
      image: "ghcr.io/a/b@sha256:0",
      digest: "sha256:1",
      command: ["serve", "a b"],
      user: "1000",
      readOnly: true,
      state: "running",
      health: "healthy",
    },
  });
  expect(second!.is).toBe("found");
  expect(db).toMatchObject({ is: "found", value: { command: [], mounts: [], ports: {}, state: "exited", health: "" } });
  expect(readFileSync(join(folder, "said"), "utf8").trim().split("\n")).toHaveLength(4);
});

test.each<[string, string | undefined, object]>([
  ["an engine that is not there has none", undefined, { is: "absent" }],
  ["one that has none at all", tells([], ""), { is: "absent" }],
  ["one that has others, of which the name is a part", tells(["api-2", "the-api"], ""), { is: "absent" }],
  [
    "one that does not answer",
    "echo 'Cannot connect' >&2; exit 1",
    { is: "unknown", why: "container api: podman did not tell: Cannot connect" },
  ],
  [
    "one whose container goes while it is asked",
    "case $1 in ps) echo api ;; *) echo 'no such container' >&2; exit 125 ;; esac",
    { is: "unknown", why: "container api: podman did not tell: no such container" },
  ],
  [
    "one that says too much",
    tells(["api"], `${PODMAN}\nhello`),
    { is: "unknown", why: "container api: podman did not tell: its answer cannot be read" },
  ],
])("%s", (_, script, expected) => {
  if (script !== undefined) engine("podman", script);
  expect(look(api)[0]).toEqual(expected);
});

const prune = () =>
  run(
    containers.apply!([
      {
        n: 0,
        service: "api",
        steps: [
          {
            do: "prune-images",
            engine: "podman",
            repository: "ghcr.io/a/b",
            keep: ["ghcr.io/a/b@sha256:3", "ghcr.io/a/b@sha256:2"],
          },
        ],
      },
    ]),
  );
const removed = () =>
  readFileSync(join(folder, "said"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("rmi"));
const images =
  "case $1 in images) printf '%s\\n' 'ghcr.io/a/b sha256:11' 'ghcr.io/a/b sha256:22' 'ghcr.io/a/b sha256:33' 'ghcr.io/a/bc sha256:44' ;;";

test("of one repository the images go that are neither the new one nor the one before", () => {
  engine("podman", `${images} image) printf '%s\\n' 33 22 ;; esac`);
  prune();
  expect(removed()).toEqual(["rmi sha256:11"]);
});
test("where it can't be told which those are, none goes", () => {
  engine("podman", `${images} image) echo 33; exit 125 ;; esac`);
  prune();
  expect(removed()).toEqual([]);
});
