import { imageName, pinnedImage } from "../../src/model/image.ts";
import { MESH_SERVICE } from "../../src/model/mesh.ts";
import type { HostContext } from "../../src/model/service.ts";
import type { BundleInput } from "../../src/model/bundle.ts";
import { bindAddress } from "../app/bind-address.ts";
import { secretPath } from "../secrets-dir/index.ts";
import { healthPort, type ContainerArgs } from "./schema.ts";

/** What Podman and Docker are told alike. */
export interface ContainerParts {
  args: ContainerArgs;
  image: string;
  /** "127.0.0.1:8000:8000/tcp". */
  publish: string[];
  /** "/srv/data:/data:ro". */
  volumes: string[];
  /** Units that must run before it. */
  needs: string[];
  /** Units that it starts after. */
  after: string[];
  /** One that everybody on the host may read, and one of root's. */
  environmentFiles: string[];
  /** Of root's. */
  authFile?: string;
  shape: NonNullable<BundleInput["containers"]>[string];
}

/** Of either kind of mesh; one that a host has not got is waited for by nobody. */
const MESH_UNITS = [`${MESH_SERVICE}.service`, "tailscaled.service"];

/** All containers of a host share a network, in which they find each other by name. */
export const NETWORK = "fleet";

export const variablesPath = (name: string): string => `/etc/fleet/${name}.env`;
export const secretVariablesPath = (name: string): string => secretPath(`${name}.env`);

/** A stand-in's image is made on the machine, and says so in its name. */
export const standInImage = (image: string): string => {
  const { repository, tag } = imageName(image);
  return `localhost/stand-in/${repository}:${tag}`;
};

/** @throws Error when the host has no address that a port is to be bound to */
export function partsOf(declared: ContainerArgs, host: HostContext): ContainerParts {
  const args = host.standIns ? asStandIn(declared) : declared;
  const { engine, name, user, readOnly, health, command } = args;
  const image = host.standIns ? standInImage(args.image) : (pinnedImage(args.image, args.pins) ?? args.image);
  const ports = args.ports.map(({ bind, port, at = port, protocol }) => ({
    inside: `${port}/${protocol}`,
    outside: `${bindAddress(host, bind)}:${at}`,
  }));
  const volumes = Object.entries(args.volumes).map(([path, { from, readOnly }]) => ({
    path,
    from,
    end: readOnly ? ":ro" : "",
  }));
  const url = healthUrl(args, host);
  const here = args.after.filter((other) => !other.includes("/"));
  const needs = [...(engine === "docker" ? ["docker"] : []), ...here].map((other) => `${other}.service`);
  const isInMesh = args.ports.some(({ bind }) => bind === "mesh");
  return {
    args,
    image,
    publish: ports.map(({ inside, outside }) => `${outside}:${inside}`),
    volumes: volumes.map(({ path, from, end }) => `${from}:${path}${end}`),
    needs,
    // Before that there is no address to bind to.
    after: [...needs, ...(isInMesh ? MESH_UNITS : [])],
    environmentFiles: [
      ...(Object.keys(args.environment).length > 0 ? [variablesPath(name)] : []),
      ...(Object.keys(args.secrets).length > 0 ? [secretVariablesPath(name)] : []),
    ],
    ...(args.login && { authFile: secretPath(`${name}-registry/config.json`) }),
    shape: {
      engine,
      image,
      ...(command && { command }),
      ...(user !== undefined && { user }),
      readOnly,
      mounts: Object.fromEntries(volumes.map(({ path, from, end }) => [path, `${from}${end}`])),
      ports: Object.fromEntries(
        [...Map.groupBy(ports, ({ inside }) => inside)].map(([inside, all]) => [
          inside,
          all.map(({ outside }) => outside).join(" "),
        ]),
      ),
      ...(health && { health: "healthy" as const }),
      ...(url !== undefined && { healthUrl: url }),
    },
  };
}

/** What a stand-in's image can't do: the commands, accounts and devices of what it stands for. */
const asStandIn = (args: ContainerArgs): ContainerArgs => ({
  ...args,
  command: undefined,
  user: /^[\d:]+$/.test(args.user ?? "") ? args.user : undefined,
  gpu: false,
  login: undefined,
  health: args.health && "path" in args.health ? args.health : undefined,
});

function healthUrl(args: ContainerArgs, host: HostContext): string | undefined {
  const port = healthPort(args);
  if (port === undefined || !args.health || !("path" in args.health)) return undefined;
  const address = port.bind === "public" ? "127.0.0.1" : bindAddress(host, port.bind);
  return `http://${address}:${port.at ?? port.port}${args.health.path}`;
}
