import { isDeepStrictEqual } from "node:util";
import { found as thereIs, unknown, type Answer } from "../../remote/answer.ts";
import { want } from "../../remote/question.ts";
import { fn, quote, quoteAll } from "../../remote/sh.ts";
import type { Aspect } from "../aspect.ts";
import { collect } from "../reading.ts";
import type { ContainerShape, Shape } from "../shape.ts";
import { only, type Numbered } from "../steps.ts";
import { CONTAINERS, type Asked, type ContainerFacts } from "./question.ts";

/**
 * Containers as their engine runs them, which may be otherwise than their units say: somebody made one anew by hand, or
 * it is not healthy. A unit of the same name makes the container; so what is wrong is put right by restarting that.
 */
export const containers: Aspect = {
  look: ({ containers }) => want(CONTAINERS, Object.entries(containers).map(askedOf)),

  read({ containers }, told) {
    if (Object.keys(containers).length === 0) return { found: {} };
    const answerTo = told.to(CONTAINERS);
    const { found, unknown } = collect(containers, (declared, name) =>
      containerAt(name, declared, answerTo(askedOf([name, declared]))),
    );
    return { found: { containers: found }, untold: unknown };
  },

  plan: (desired, found) =>
    Object.entries(desired.containers).flatMap(([name, { engine, image }]) => {
      const before = found.containers[name]?.image ?? image;
      const repository = repositoryOf(image);
      return before === image || repositoryOf(before) !== repository
        ? []
        : [{ do: "prune-images" as const, engine, repository, keep: [image, before] }];
    }),

  apply: (plans) => prunePart(plans),
};

/** The unit that makes a container. */
export const unitOfContainer = (name: string): string => `${name}.service`;

/** Units whose container is not as it is declared. */
export const unitsOfStale = (desired: Shape, found: Shape): string[] =>
  Object.entries(desired.containers)
    .filter(([name, container]) => !isDeepStrictEqual(found.containers[name], container))
    .map(([name]) => unitOfContainer(name));

/** Units that Quadlet writes: what enables them stands in their own text, and systemctl can't. */
export const generatedUnits = (...shapes: Shape[]): string[] =>
  shapes.flatMap(({ containers, units }) =>
    Object.keys(containers)
      .map(unitOfContainer)
      .filter((unit) => units[unit]?.text === undefined),
  );

const askedOf = ([name, { engine, healthUrl }]: [string, ContainerShape]): Asked => ({
  name,
  engine,
  ...(healthUrl !== undefined && { healthUrl }),
});

const repositoryOf = (image: string): string => image.replace(/@.*$/, "").replace(/:[^/]*$/, "");

/** What is not declared of it, such as the command of an image, is not looked at. */
function containerAt(name: string, declared: ContainerShape, answer: Answer<ContainerFacts>): Answer<ContainerShape> {
  if (answer.is !== "found") return answer;
  const facts = answer.value;
  if (declared.health !== undefined && facts.health === "starting" && declared.healthUrl === undefined)
    return unknown(`container ${name}: it has just started, and its health is not known yet`);
  const health = healthOf(facts, declared);
  return thereIs({
    engine: declared.engine,
    image: imageOf(facts, declared),
    ...(declared.command && { command: facts.command }),
    ...(declared.user !== undefined && { user: facts.user }),
    readOnly: facts.readOnly,
    mounts: Object.fromEntries(facts.mounts.filter((mount) => !isOfImage(mount)).map(mountOf)),
    ports: Object.fromEntries(
      Object.entries(facts.ports).map(([port, at]) => [
        port,
        (at ?? []).map(({ HostIp, HostPort }) => `${HostIp || "0.0.0.0"}:${HostPort}`).join(" "),
      ]),
    ),
    ...(health !== undefined && { health }),
    ...(declared.healthUrl !== undefined && { healthUrl: declared.healthUrl }),
    ...(facts.state !== "running" && { state: facts.state }),
  });
}

/** By tag, as somebody may have started it by hand, it is shown with the digest that runs. */
const imageOf = ({ image, digest }: ContainerFacts, declared: ContainerShape): string =>
  image === declared.image || image.includes("@") || digest === "" ? image : `${image}@${digest}`;

/** A volume that the image asks for, without a name. */
const isOfImage = ({ Type, Name = "" }: ContainerFacts["mounts"][number]): boolean =>
  Type === "volume" && /^[0-9a-f]{64}$/.test(Name);

const mountOf = ({ Type, Name, Source, Destination, RW }: ContainerFacts["mounts"][number]): [string, string] => [
  Destination,
  `${Type === "volume" && Name ? Name : Source}${RW ? "" : ":ro"}`,
];

function healthOf({ health, answered }: ContainerFacts, declared: ContainerShape): string | undefined {
  if (declared.health === undefined) return undefined;
  if (declared.healthUrl === undefined) return health;
  if (answered?.startsWith("2")) return "healthy";
  return answered === "000" ? "unhealthy: does not answer" : `unhealthy: answers ${answered}`;
}

const PRUNE = fn("prune_images", [
  "# engine repository kept…: one that a container uses is refused by the engine",
  "engine=$1 repository=$2; shift 2",
  `kept=$("$engine" image inspect --format '{{.ID}}' "$@") || return 0`,
  `"$engine" images --no-trunc --format '{{.Repository}} {{.ID}}' | sort -u | while read -r name id; do`,
  `[ "$name" = "$repository" ] || continue`,
  `printf '%s\\n' "$kept" | grep -qF -e "\${id#sha256:}" || "$engine" rmi "$id" || :`,
  "done",
]);

/** Comes when all else has succeeded: until then the image before is what is gone back to. */
const prunePart = (plans: readonly Numbered[]): string[] => {
  const lines = plans.flatMap(({ n, steps }) =>
    only(steps, "prune-images").map(
      ({ engine, repository, keep }) => `! ok ${n} || prune_images ${engine} ${quote(repository)} ${quoteAll(keep)}`,
    ),
  );
  return lines.length === 0 ? [] : [...PRUNE, ...lines];
};
