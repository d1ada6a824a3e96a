import { z } from "zod";
import type { IniSection } from "../../src/render/ini.ts";

/** What a unit's hardening takes away, by the word with which a host file gives it back. */
const hardening = {
  /** Becoming root, as by sudo. */
  privileges: { NoNewPrivileges: true, RestrictSUIDSGID: true, LockPersonality: true },
  /** Writing elsewhere than to its own folders. */
  files: { ProtectSystem: "strict" },
  /** Reading /home, /root and /run/user. */
  homes: { ProtectHome: true },
  /** Sharing /tmp and /var/tmp with others. */
  temporary: { PrivateTmp: true },
  /** Devices, such as a GPU. */
  devices: { PrivateDevices: true },
  /** Kernel settings, modules and control groups. */
  kernel: { ProtectKernelTunables: true, ProtectKernelModules: true, ProtectControlGroups: true },
  /** Sockets other than those of the network and of the host itself. */
  sockets: { RestrictAddressFamilies: ["AF_UNIX", "AF_INET", "AF_INET6"] },
} as const;
type Freedom = keyof typeof hardening;

/** What is left of the hardening where it is loosened. */
const LOOSENED: Partial<Record<Freedom, IniSection<string>>> = { homes: { ProtectHome: "read-only" } };

/** What a program may do all the same, each with the reason: `{ devices: "it computes on the GPU" }`. */
export const loosenedSchema = z
  .partialRecord(z.enum(Object.keys(hardening) as Freedom[]), z.string().trim().min(1, "must say why"))
  .default({});
type Loosened = z.output<typeof loosenedSchema>;

/**
 * Keys of a unit's [Service] section: what a program can do without is taken from it. It reads the host's files, as far
 * as its account may, and writes to the folders that are named, which have to be there when it starts.
 */
export function hardened({
  writes = [],
  loosened = {},
}: { writes?: readonly string[]; loosened?: Loosened } = {}): IniSection<string> {
  const taken = (Object.keys(hardening) as Freedom[]).map((freedom): IniSection<string> =>
    loosened[freedom] === undefined ? hardening[freedom] : (LOOSENED[freedom] ?? {}),
  );
  const sections = [...taken, writes.length > 0 ? { ReadWritePaths: writes.join(" ") } : {}];
  return Object.fromEntries(sections.flatMap((section) => Object.entries(section)));
}
