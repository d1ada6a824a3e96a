import type { Check } from "../../model/bundle.ts";
import { quote } from "../remote/sh.ts";
import type { UnitShape } from "./types.ts";

/** A port that one of a service's own health checks is about. */
export interface WatchedPort {
  protocol: "tcp" | "udp";
  port: number;
}

/** The port of this host that a check looks at; checks of other addresses and other kinds watch none. */
export function watchedPort(check: Check): WatchedPort | undefined {
  if (check.kind === "udp") return { protocol: "udp", port: check.port };
  return check.kind === "tcp" && /^(127\.|::1$|localhost$)/.test(check.address)
    ? { protocol: "tcp", port: check.port }
    : undefined;
}

/**
 * Ports only tell something about services of which a unit should run, and which may be restarted when they are deaf.
 */
export const mayListen = (name: string, { active, onChange }: UnitShape): boolean =>
  name.endsWith(".service") && active === true && onChange !== "nothing";

/** As in /proc/net/tcp and udp. */
export const hexPort = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0");

/**
 * Prints those of the ports that are listened on, as "tcp 1F90". What seems closed to tcp is tried: a container's port
 * may be open without a listener.
 */
export function portsPart(watched: readonly WatchedPort[]): string {
  const ports = (protocol: WatchedPort["protocol"]) => [
    ...new Set(watched.filter((w) => w.protocol === protocol).map(({ port }) => port)),
  ];
  const lines = (protocol: string, found: number[], listening: string) =>
    found.length === 0
      ? []
      : [
          `${protocol}=$(grep -hsE ${quote(`^ *[0-9]+: [0-9A-F]+:(${found.map(hexPort).join("|")}) ${listening}`)} ` +
            `/proc/net/${protocol} /proc/net/${protocol}6)`,
          `while read -r _ at _; do [ -z "$at" ] || echo "${protocol} \${at##*:}"; done <<END\n$${protocol}\nEND`,
        ];
  return [
    "echo '#fleet:ports'",
    ...lines("tcp", ports("tcp"), "[0-9A-F]+:0000 0A "),
    ...lines("udp", ports("udp"), ""),
    ...ports("tcp").map(
      (port) =>
        `case $tcp in *:${hexPort(port)}" "*) ;; ` +
        `*) timeout 2 bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}' 2>/dev/null && echo 'tcp ${hexPort(port)}' ;; esac`,
    ),
  ].join("\n");
}
