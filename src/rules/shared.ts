import type { Bundle } from "../model/bundle.ts";
import { excludingPlaces, placesOf } from "../model/clashes.ts";
import { filesOf, type Finding, type Placed } from "../model/view.ts";
import { activeByHost, pairs, type Rule } from "./view.ts";

const sections = {
  files: "the file",
  artifacts: "the file",
  directories: "the directory",
  groups: "the group",
  users: "the user",
  units: "the unit",
  cron: "the cron entry",
  sysctl: "the kernel setting",
  options: "the NixOS option",
} as const;

/** Two services of a host may share a thing only if both declare it alike; else each would undo the other's change. */
export const sharedThings: Rule = (view) =>
  activeByHost(view).flatMap((services) =>
    pairs(services).flatMap(([a, b]) => {
      const { bundle: left } = a;
      const { bundle: right } = b;
      if (!left || !right) return [];
      return (Object.keys(sections) as (keyof typeof sections)[]).flatMap((section) =>
        Object.keys(left[section])
          .filter(
            (key) =>
              key in right[section] &&
              !same(left, right, section, key) &&
              !(section === "options" && areJoined(left.options[key], right.options[key])),
          )
          .map((key) => conflict(a, b, `${sections[section]} ${key}`)),
      );
    }),
  );

/** Nor may one put something where the other has a file, or another kind of thing. */
export const excludingThings: Rule = (view) =>
  activeByHost(view).flatMap((services) =>
    excludingPlaces(
      services.flatMap((placed) =>
        placed.bundle ? placesOf(placed.bundle).map((place) => ({ placed, ...place })) : [],
      ),
    ).map(([a, b]) => ({
      rule: "shared-thing",
      files: filesOf(a.placed.file, `services/${a.placed.service.kind}`, `services/${b.placed.service.kind}`),
      message: `${a.placed.label} declares ${a.path} as ${a.what}, and ${b.placed.label} ${b.path} as ${b.what}`,
      remedy: "only one of them can be there: leave it to one service, or put one of them elsewhere",
    })),
  );

/** Cron runs in the machine's time zone, so some service must set it, and to what the host file says. */
export const clocks: Rule = (view) =>
  activeByHost(view).flatMap((services): Finding[] => {
    const { host, file } = services[0]!;
    const setters = services.filter((p) => p.bundle?.timeZone !== undefined);
    const jobs = services.filter((p) => p.bundle && Object.keys(p.bundle.cron).length > 0);
    const wrong = setters
      .filter((p) => p.bundle!.timeZone !== host.timeZone)
      .map((p) => ({
        rule: "time-zone",
        files: filesOf(file, `services/${p.service.kind}`),
        message:
          `${p.label} sets the time zone ${p.bundle!.timeZone}, ` +
          `but ${host.name} is declared to be in ${host.timeZone}`,
        remedy: `set timeZone in ${file} and leave it to the service to pass it on`,
      }));
    if (setters.length > 0 || jobs.length === 0) return wrong;
    return [
      {
        rule: "time-zone",
        files: filesOf(file, `services/${jobs[0]!.service.kind}`),
        message:
          `${jobs.map((p) => p.label).join(", ")} has cron entries, but nothing sets the time zone of ` +
          `${host.name}: they would run at the machine's own time`,
        remedy: `add a service that sets the time zone, such as base(), in ${file}`,
      },
    ];
  });

const same = (a: Bundle, b: Bundle, section: keyof typeof sections, key: string): boolean =>
  JSON.stringify(a[section][key]) === JSON.stringify(b[section][key]);

/** NixOS joins lists and sets of several services. */
const areJoined = (a: unknown, b: unknown): boolean =>
  typeof a === "object" && typeof b === "object" && a !== null && b !== null && Array.isArray(a) === Array.isArray(b);

const conflict = (a: Placed, b: Placed, thing: string): Finding => ({
  rule: "shared-thing",
  files: filesOf(a.file, `services/${a.service.kind}`, `services/${b.service.kind}`),
  message: `${a.label} and ${b.label} both manage ${thing}, and not alike`,
  remedy: "leave it to one of them, or make both declare the same",
});
