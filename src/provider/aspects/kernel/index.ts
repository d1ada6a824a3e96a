import { mapAnswer, collect } from "../reading.ts";
import { want } from "../../remote/question.ts";
import { fn, quote } from "../../remote/sh.ts";
import type { Aspect, Planning } from "../aspect.ts";
import { letGo } from "../before.ts";
import { USUAL, type KeptFile } from "../files/kept.ts";
import { only, type Step } from "../steps.ts";
import { isReadAfter, KERNEL, settingFile, spaced, type Setting } from "./question.ts";

export const kernelPath = (service: string): string => `/etc/sysctl.d/60-fleet-${service}.conf`;

export const kernelText = (settings: Record<string, string>): string =>
  `# Managed by fleet: changes made here are put back.\n${Object.entries(settings)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key} = ${value}\n`)
    .join("")}`;

/** Kernel settings: as they are now, and by a file in /etc/sysctl.d after a reboot. */
export const kernel: Aspect = {
  files: ({ sysctl }, { service, os }): KeptFile[] =>
    Object.keys(sysctl).length === 0 || os === "nixos"
      ? []
      : [{ path: kernelPath(service), content: kernelText(sysctl), ...USUAL, kind: "kernel" }],

  look: ({ sysctl }) => want(KERNEL, Object.keys(sysctl)),

  read({ sysctl }, told, { service, os }) {
    if (Object.keys(sysctl).length === 0) return { found: {} };
    const settings = told.to(KERNEL);
    const { found, unknown } = collect(sysctl, (value, key) =>
      mapAnswer(settings(key), (setting) => valueOf(value, setting, os === "nixos" ? undefined : kernelPath(service))),
    );
    const lacks = Object.keys(sysctl).filter((key) => settings(key).is === "absent");
    return { found: { sysctl: found }, unknown, lacks: lacks.map(lackOf) };
  },

  plan: (desired, found, so) => [
    ...Object.entries(desired.sysctl).flatMap(([key, value]) => planOne(key, value, found.sysctl[key], so)),
    ...Object.keys(found.sysctl)
      .filter((key) => !(key in desired.sysctl))
      .flatMap((key): Step[] => {
        const was = letGo(so.before, "kernel", key);
        return typeof was === "string"
          ? []
          : [{ do: "set-kernel", key, value: was.restore, was: nowOf(found.sysctl[key]!) }];
      }),
  ],

  apply: (plans) =>
    plans.flatMap(({ n, steps }) => {
      const set = only(steps, "set-kernel");
      if (set.length === 0) return [];
      return [
        ...fn(
          `kernel_${n}`,
          set.flatMap(({ key, value }, i) => [`cat ${quote(settingFile(key))} >${wasFile(n, i)}`, setLine(key, value)]),
        ),
        `run ${n} 'kernel settings could not be made' kernel_${n}`,
        `ok ${n} || undo_${n}`,
      ];
    }),

  undo: ({ n, steps }) =>
    only(steps, "set-kernel")
      .map(({ key }, i) => `if [ -s ${wasFile(n, i)} ]; then cat ${wasFile(n, i)} >${quote(settingFile(key))}; fi`)
      .toReversed(),
};

/** What was set just before. */
const wasFile = (n: number, i: number): string => `"$work/${n}.kernel-${i}"`;

const lackOf = (key: string): string => `kernel setting ${key}`;

const setLine = (key: string, value: string): string => `printf '%s\\n' ${quote(value)} >${quote(settingFile(key))}`;

/** What is there, with what will be there after a reboot where that is something else. */
function valueOf(declared: string, { value, atBoot }: Setting, ours: string | undefined): string {
  const now = value === spaced(declared) ? declared : value;
  if (ours === undefined) return now;
  const last = atBoot.filter(({ path }) => path === ours || isReadAfter(path, ours)).at(-1);
  if (last?.value === spaced(declared)) return now;
  return last === undefined || last.path === ours
    ? `${now}${NOT_KEPT}`
    : `${now} (${last.path} sets it to ${last.value} at the next boot)`;
}

const NOT_KEPT = " (not kept over a reboot)";
/** The value alone. */
const nowOf = (found: string): string => found.replace(/ \((not kept over a reboot|\/.* at the next boot)\)$/, "");

function planOne(key: string, value: string, found: string | undefined, { planned, lacks }: Planning): Step[] {
  if (lacks.includes(lackOf(key)))
    return [
      { do: "refuse", reason: `sysctl["${key}"] is no setting of this host's kernel: correct its name, or remove it` },
    ];
  // On NixOS, what its data does not say.
  if (found === undefined) return [{ do: "set-kernel", key, value, was: "" }];
  const winner = /^.* \((\/.*) sets it to .* at the next boot\)$/.exec(found)?.[1];
  const isOurs = only(planned, "write", "remove", "bring-back").some(({ path }) => path === winner);
  if (winner !== undefined && !isOurs)
    return [
      {
        do: "refuse",
        reason:
          `sysctl["${key}"] would not outlive a reboot, because ${winner} is read later and sets it otherwise: ` +
          "remove it there, or declare that file",
      },
    ];
  return found === value ? [] : [{ do: "set-kernel", key, value, was: nowOf(found) }];
}
