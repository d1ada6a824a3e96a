import { ABSENT, found, unknown, type Answer } from "../../remote/answer.ts";
import type { Question } from "../../remote/question.ts";
import { decode, fn, quote, quoteAll } from "../../remote/sh.ts";

/** A container that somebody wants to know about. */
export interface Asked {
  name: string;
  engine: "podman" | "docker";
  /** Asked for its health, where the engine itself is not told how. */
  healthUrl?: string;
}

/** What an engine tells of a container. Never its environment, which may hold secrets. */
export interface ContainerFacts {
  image: string;
  /** The digest of the image, where the engine tells it. */
  digest: string;
  command: string[];
  user: string;
  readOnly: boolean;
  mounts: { Type: string; Name?: string; Source: string; Destination: string; RW: boolean }[];
  ports: Record<string, { HostIp: string; HostPort: string }[] | null>;
  /** "running", "exited", … */
  state: string;
  /** "healthy", "unhealthy", "starting"; empty without a health command. */
  health: string;
  /** What its URL answered: "200", "000" for nothing. */
  answered?: string;
}

/** In Go's templates, in the words of both engines. */
const template = (engine: Asked["engine"]): string =>
  `[${[
    "{{json .Name}}",
    "{{json .Config.Image}}",
    engine === "podman" ? "{{json .ImageDigest}}" : '""',
    "{{json .Config.Cmd}}",
    "{{json .Config.User}}",
    "{{json .HostConfig.ReadonlyRootfs}}",
    "{{json .Mounts}}",
    "{{json .HostConfig.PortBindings}}",
    "{{json .State.Status}}",
    '"{{with .State.Health}}{{.Status}}{{end}}"',
  ].join(",")}]`;

const LOOK = fn("containers", [
  "# engine template name…: those that are there, one a line",
  "engine=$1 template=$2; shift 2",
  'command -v "$engine" >/dev/null || { echo "#fleet:no-engine $engine"; return 0; }',
  `if all=$("$engine" ps -a --format '{{.Names}}' 2>&1); then`,
  "names=",
  `for name; do ! printf '%s\\n' "$all" | grep -qxF -e "$name" || names="$names $name"; done`,
  `if [ -z "$names" ]; then all=; elif all=$("$engine" container inspect --format "$template" $names 2>&1); then :; ` +
    `else echo "#fleet:engine-failed $engine"; printf '%s' "$all" | base64; return 0; fi`,
  `echo "#fleet:containers $engine"; set -- $names; { printf '%s\\n' "$all"; echo "ended $#"; } | base64`,
  `else echo "#fleet:engine-failed $engine"; printf '%s' "$all" | base64; fi`,
]);

/** Asks each engine once for all services, and each URL for health. */
export const CONTAINERS: Question<Asked, (asked: Asked) => Answer<ContainerFacts>> = {
  ask(items) {
    const byName = [...new Map(items.map((item) => [`${item.engine} ${item.name}`, item])).values()];
    return [
      ...LOOK,
      ...[...Map.groupBy(byName, ({ engine }) => engine)].map(
        ([engine, some]) => `containers ${engine} ${quote(template(engine))} ${quoteAll(some.map(({ name }) => name))}`,
      ),
      ...byName.flatMap(({ engine, name, healthUrl }) =>
        healthUrl === undefined
          ? []
          : [
              `echo "#fleet:answered ${engine} ${name}"; ` +
                `curl -s -o /dev/null --max-time 3 -w '%{http_code}\\n' ${quote(healthUrl)} || :`,
            ],
      ),
    ];
  },

  read(said) {
    const section = (name: string, engine: string) => said.get(name)?.filter(({ args }) => args[0] === engine) ?? [];
    return ({ engine, name, healthUrl }) => {
      const why = (reason: string) => unknown(`container ${name}: ${engine} did not tell: ${reason}`);
      const [told, none, failed] = ["containers", "no-engine", "engine-failed"].map((part) => section(part, engine));
      if (told!.length + none!.length + failed!.length !== 1) return why("it gave no answer");
      if (none!.length > 0) return ABSENT;
      if (failed!.length > 0) return why(decode(failed![0]!.lines).toString("utf8").trim());
      let all: ReadonlyMap<string, ContainerFacts>;
      try {
        all = readLines(decode(told![0]!.lines).toString("utf8"));
      } catch {
        return why("its answer cannot be read");
      }
      const facts = all.get(name);
      if (facts === undefined) return ABSENT;
      if (healthUrl === undefined) return found(facts);
      const answered = said.get("answered")?.find(({ args }) => args[0] === engine && args[1] === name)?.lines[0];
      return /^\d{3}$/.test(answered ?? "") ? found({ ...facts, answered }) : why("its health was not asked for");
    };
  },
};

function readLines(text: string): ReadonlyMap<string, ContainerFacts> {
  const lines = text.trimEnd().split("\n").filter(Boolean);
  if (lines.pop() !== `ended ${lines.length}`) throw new Error("it was cut short");
  return new Map(
    lines.map((line) => {
      const fields = JSON.parse(line) as [string, string, string, string[] | null, string, boolean, ...unknown[]];
      const [name, image, digest, command, user, readOnly] = fields;
      const [mounts, ports, state, health] = fields.slice(6) as [
        ContainerFacts["mounts"] | null,
        ContainerFacts["ports"] | null,
        string,
        string,
      ];
      const facts = { image, digest, command: command ?? [], user, readOnly, mounts: mounts ?? [], ports: ports ?? {} };
      return [name.replace(/^\//, ""), { ...facts, state, health }];
    }),
  );
}
