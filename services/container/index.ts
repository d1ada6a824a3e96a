import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BundleInput } from "../../src/model/bundle.ts";
import { pinnedImage } from "../../src/model/image.ts";
import { MESH_SERVICE } from "../../src/model/mesh.ts";
import { aptSystems } from "../../src/model/platform.ts";
import { tcp, udp } from "../../src/model/port.ts";
import { type HostContext, service } from "../../src/model/service.ts";
import { joinText, type Ref } from "../../src/model/text.ts";
import { scriptPath } from "../shell/index.ts";
import { dockerUnit } from "./docker.ts";
import { partsOf, secretVariablesPath, variablesPath, type ContainerParts } from "./parts.ts";
import { quadlet, QUADLET_DRY_RUN, quadletPath } from "./quadlet.ts";
import { containerArgs, healthPort, type ContainerArgs } from "./schema.ts";

/**
 * A container, by Podman with Quadlet or by Docker. Its image is fetched before anything that runs is touched; it is
 * named by digest, so that a tag that moves changes nothing by itself.
 */
export const container = service("container", {
  args: containerArgs,
  runsOn: { os: aptSystems },
  instance: (a) => a.name,
  images: (a) => [a.image],
  ports: (a) => a.ports.map(({ port, at = port, protocol, bind }) => ({ tcp, udp })[protocol](at, bind)),
  dependsOn: (a) => [
    ...a.after,
    ...(a.engine === "docker" ? ["docker"] : []),
    ...(Object.keys(a.secrets).length > 0 || a.login ? ["secrets-dir"] : []),
    ...(a.ports.some(({ bind }) => bind === "mesh") ? [MESH_SERVICE] : []),
  ],
  render: (a, host) => {
    const parts = partsOf(a, host);
    const unit = `${a.name}.service`;
    return {
      packages: [...(a.engine === "podman" ? PODMAN : []), ...(host.standIns ? ["python3"] : [])],
      files: {
        ...environmentFiles(parts),
        ...(parts.authFile && a.login && { [parts.authFile]: { content: joinText([a.login]), mode: "0600" } }),
        ...(a.engine === "podman" && { [quadletPath(a.name)]: { content: quadlet(parts) } }),
        ...(host.standIns && standInFiles(a.name)),
      },
      units: { [unit]: a.engine === "podman" ? {} : { text: dockerUnit(parts) } },
      containers: { [a.name]: parts.shape },
      validations: [...(a.engine === "podman" ? [{ command: QUADLET_DRY_RUN }] : []), fetchImage(a, parts, host)],
      checks: checksOf(parts),
    };
  },
  probes: (a) => {
    const port = healthPort(a);
    return port?.bind === "public" && a.health && "path" in a.health
      ? [
          {
            kind: "http",
            tls: false,
            port: port.at ?? port.port,
            path: a.health.path,
            status: 200,
            headers: {},
            send: {},
          },
        ]
      : [];
  },
});

/** Podman recommends what its network is made of, and recommendations are not installed. */
const PODMAN = ["podman", "crun", "netavark", "aardvark-dns", "nftables"];

/** Lines as both engines read them: everything after = is the value, quotation marks too. */
function environmentFiles({ args }: ContainerParts): BundleInput["files"] {
  const content = (variables: Record<string, string | number | Ref>) =>
    joinText(Object.entries(variables).flatMap(([name, value]) => [`${name}=`, value, "\n"]));
  const isAny = (variables: object) => Object.keys(variables).length > 0;
  return {
    ...(isAny(args.environment) && { [variablesPath(args.name)]: { content: content(args.environment) } }),
    ...(isAny(args.secrets) && { [secretVariablesPath(args.name)]: { content: content(args.secrets), mode: "0600" } }),
  };
}

/** An image that can't be had refuses the change, and what runs goes on. */
function fetchImage(args: ContainerArgs, { image, authFile }: ContainerParts, host: HostContext) {
  const { engine, name, ports } = args;
  if (host.standIns) {
    const program = ["/usr/bin/python3", "/stand-in.py", name, args.image.replace(/^.*[:@]/, "")];
    const command = JSON.stringify([...program, ...ports.map(({ port }) => String(port))]);
    return { command: `sh ${scriptPath(`stand-in-${name}`)} ${engine} ${image} ${standInPath(name)} '${command}'` };
  }
  if (pinnedImage(args.image, args.pins) === undefined)
    return {
      command:
        `echo "${args.image} has no digest, and its tag may move: run fleet images, and give the container ` +
        `pins: images of stacks/<stack>/images.json" >&2; exit 1`,
    };
  const login =
    authFile === undefined ? [] : [engine === "podman" ? `--authfile ${authFile}` : `--config ${dirname(authFile)}`];
  const pull = engine === "podman" ? ["podman pull -q", ...login] : ["docker", ...login, "pull -q"];
  return { command: `${engine} image inspect ${image} >/dev/null 2>&1 || ${[...pull, image].join(" ")}` };
}

function checksOf({ args, shape, publish }: ContainerParts): NonNullable<BundleInput["checks"]> {
  const within = args.health?.within;
  if (shape.healthUrl !== undefined) return [{ kind: "http", url: shape.healthUrl, within }];
  if (args.health && args.engine === "docker")
    return [
      {
        kind: "command",
        command: `docker inspect -f '{{.State.Health.Status}}' ${args.name} | grep -qx healthy`,
        within,
      },
    ];
  return publish.flatMap((each) => {
    const [, address, port] = /^(.*):(\d+):\d+\/tcp$/.exec(each) ?? [];
    if (port === undefined) return [];
    return [{ kind: "tcp" as const, address: address === "0.0.0.0" ? "127.0.0.1" : address, port: Number(port) }];
  });
}

const standInPath = (name: string): string => `/etc/fleet/stand-in-${name}.py`;
const standInFiles = (name: string): BundleInput["files"] => ({
  [scriptPath(`stand-in-${name}`)]: { content: beside("stand-in.sh"), mode: "0755" },
  [standInPath(name)]: { content: beside("stand-in.py") },
});
const beside = (file: string): string => readFileSync(join(import.meta.dirname, file), "utf8");
