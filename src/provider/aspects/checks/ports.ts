import type { Check } from "../../../model/bundle.ts";
import { ABSENT, found, unknown, type Answer } from "../../remote/answer.ts";
import { linesOf, type Question } from "../../remote/question.ts";
import { quote } from "../../remote/sh.ts";
import type { UnitShape } from "../shape.ts";

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
 * Which of some ports are listened on. What seems closed to tcp is tried: a container's port may be open without a
 * listener.
 */
export const PORTS: Question<WatchedPort, (port: WatchedPort) => Answer<true>> = {
  ask(watched) {
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
      "[ -r /proc/net/tcp ] && [ -r /proc/net/udp ] && echo '#fleet:ports-end'",
    ];
  },
  read(said) {
    const lines = new Set(linesOf(said, "ports") ?? []);
    const isWhole = said.get("ports")?.length === 1 && said.get("ports-end")?.length === 1;
    return ({ protocol, port }) =>
      isWhole
        ? lines.has(`${protocol} ${hexPort(port)}`)
          ? found(true)
          : ABSENT
        : unknown(`${protocol} port ${port}: the host did not tell what it listens on`);
  },
};
