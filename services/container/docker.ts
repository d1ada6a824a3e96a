import { dirname } from "node:path";
import { execStart, systemdUnit } from "../../src/render/systemd.ts";
import { NETWORK, type ContainerParts } from "./parts.ts";

/** A unit that runs `docker run` in the foreground: what the program says goes to the unit's journal. */
export function dockerUnit({
  args,
  needs,
  after,
  image,
  publish,
  volumes,
  environmentFiles,
  authFile,
}: ContainerParts): string {
  const { name, health } = args;
  const docker = (...words: string[]) => execStart(["/usr/bin/docker", ...words]);
  const each = (option: string, values: readonly string[]) => values.flatMap((value) => [option, value]);
  const command = health && "command" in health ? health : undefined;
  const run = docker(
    ...(authFile ? ["--config", dirname(authFile)] : []),
    "run",
    "--rm",
    "--name",
    name,
    "--network",
    NETWORK,
    "--log-driver",
    "none",
    "--security-opt",
    "no-new-privileges",
    ...each("--env-file", environmentFiles),
    ...each("--volume", volumes),
    ...each("--publish", publish),
    ...(args.user === undefined ? [] : ["--user", args.user]),
    ...(args.readOnly ? ["--read-only", "--tmpfs", "/tmp"] : []),
    ...(args.memoryMax ? ["--memory", args.memoryMax.toLowerCase()] : []),
    ...(args.cpuQuota ? ["--cpus", String(parseInt(args.cpuQuota, 10) / 100)] : []),
    ...(args.gpu ? ["--runtime", "nvidia", "--env", "NVIDIA_VISIBLE_DEVICES=all"] : []),
    ...(command ? ["--health-cmd", shell(command.command), "--health-interval", `${command.every}s`] : []),
    image,
    ...(args.command ?? []),
  );
  return systemdUnit({
    Unit: { Description: `${name}: ${args.image}`, Requires: needs, After: after },
    Service: {
      ExecStartPre: [
        `-${docker("rm", "--force", name)}`,
        `/bin/sh -c "docker network inspect ${NETWORK} >/dev/null 2>&1 || docker network create ${NETWORK}"`,
      ],
      ExecStart: run,
      ExecStop: docker("stop", name),
      Restart: "always",
      RestartSec: 3,
    },
    Install: { WantedBy: "multi-user.target" },
  });
}

/** Docker's command line knows health commands for a shell alone. */
const shell = (words: readonly string[]): string => words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
