import { execStart, systemdUnit } from "../../src/render/systemd.ts";
import { NETWORK, type ContainerParts } from "./parts.ts";

/** Where Quadlet looks for containers (podman-systemd.unit(5)). */
export const quadletPath = (name: string): string => `/etc/containers/systemd/${name}.container`;

const GENERATOR = "/usr/lib/systemd/system-generators/podman-system-generator";
/** Quadlet reads all files and writes nothing; what it does not understand it tells on stderr, and by its exit code. */
export const QUADLET_DRY_RUN =
  `test -x ${GENERATOR} || { echo "Podman has no Quadlet here, which came with 4.4: declare engine: \\"docker\\"" >&2; ` +
  `exit 1; }; ${GENERATOR} --dryrun >/dev/null`;

/** A .container file: Quadlet makes the unit of the same name from it. */
export function quadlet({
  args,
  needs,
  after,
  image,
  publish,
  volumes,
  environmentFiles,
  authFile,
}: ContainerParts): string {
  const { name, health, user } = args;
  const command = health && "command" in health ? health : undefined;
  return systemdUnit({
    Unit: { Description: `${name}: ${args.image}`, Requires: needs, After: after },
    Container: {
      ContainerName: name,
      Image: image,
      Network: NETWORK,
      Exec: args.command && execStart(args.command as [string, ...string[]]),
      EnvironmentFile: environmentFiles,
      Volume: volumes,
      PublishPort: publish,
      User: user?.split(":")[0],
      Group: user?.split(":")[1],
      ReadOnly: args.readOnly,
      NoNewPrivileges: true,
      AddDevice: args.gpu ? "nvidia.com/gpu=all" : undefined,
      LogDriver: "journald",
      // A list, because of a text Quadlet drops the last quotation mark.
      HealthCmd: command && JSON.stringify(command.command).replaceAll("%", "%%").replaceAll("$", "$$$$"),
      HealthInterval: command && `${command.every}s`,
      // So systemd calls it started when it is healthy.
      Notify: command && "healthy",
      PodmanArgs: authFile && `--authfile=${authFile}`,
    },
    Service: {
      ExecStartPre: `/usr/bin/podman network create --ignore ${NETWORK}`,
      Restart: "always",
      RestartSec: 3,
      TimeoutStartSec: command?.within,
      MemoryMax: args.memoryMax,
      CPUQuota: args.cpuQuota,
    },
    Install: { WantedBy: "multi-user.target" },
  });
}
