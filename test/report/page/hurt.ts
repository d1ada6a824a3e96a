import type { StackUpdate } from "../../../src/engine/stack-update.ts";
import { a, txt, zone } from "../../../src/model/dns.ts";
import { edge, pages } from "../../../src/model/edge.ts";
import { vps } from "../../../src/model/host.ts";
import { declareSecret } from "../../../src/model/secret.ts";
import type { PageFacts } from "../../../src/report/page/facts.ts";
import { fleetOf, sketch } from "../../model/fixtures.ts";
import { hostile } from "../hostile.ts";
import { factsOf, row, rows, urn } from "./facts.ts";

/** A service that was stopped, with a file that was changed. */
export const stopped = row("web/nginx", "drifted", {
  changes: [
    { path: 'units["nginx.service"].active', declared: true, found: false },
    { path: 'files["/etc/x"].content', declared: "a\nb\n", found: "a\nc\n" },
  ],
});
/** A host that does not answer. */
export const down = row("shelf/copy", "unknown", { reason: "shelf is unreachable" });

export const withRows = (...changed: typeof rows): typeof rows =>
  rows.map((one) => changed.find(({ name }) => name === one.name) ?? one);

export const update = (changes: Partial<StackUpdate>): StackUpdate => ({
  kind: "update",
  startTime: "2026-11-20T10:00:00.000Z",
  result: "succeeded",
  message: "",
  resourceChanges: {},
  ...changes,
});

/** A bad day: drift, a host that is down, a rule that has expired, a failed run, and a part that could not be read. */
export const hurt = (): PageFacts =>
  factsOf(withRows(stopped, down), {
    updates: [update({ result: "failed", resourceChanges: { same: 4, create: 2 } }), update({ message: "New header" })],
    problems: [{ about: "state", message: "the bucket is gone" }],
    rules: [{ resource: "web/cert", reason: "was broken", until: "2026-01-01" }],
  });

/** Puts one text wherever a fleet, a machine, a provider or the engine may put one. */
export function factsWith(text: string): PageFacts {
  const short = text.slice(0, 2000);
  const fleet = fleetOf({
    hosts: [
      vps({
        name: "h",
        os: "debian",
        provider: short,
        location: short,
        note: short,
        model: short,
        monthlyCost: { eur: 1 },
        services: [sketch("x")],
      }),
    ],
    zones: [zone({ name: "x.org", records: [a("@", "192.0.2.1"), txt("@", short)] })],
    edge: edge({ pages: [pages({ name: "p", purpose: short })] }),
    secrets: [declareSecret({ name: "KEY", format: { kind: "text", describe: short }, usedBy: [short], make: short })],
    costs: [{ name: short, cost: { eur: 1 } }],
  });
  const change = { path: text, declared: text, found: `${text}!` };
  const found = [
    row("h/x", "drifted", {
      name: text,
      changes: [
        change,
        { path: 'units["x"].active', declared: true, found: text },
        { path: "x", declared: `a\n${text}`, found: "a\n" },
        { path: "y", declared: { schedule: text, user: text, command: text }, found: "absent" },
      ],
    }),
    row("elsewhere", "unknown", { urn: urn(`${text}2`, "a:b:C"), name: text, host: null, reason: text }),
  ];
  return factsOf(found, {
    fleet,
    files: { h: text },
    problems: [{ about: text, message: text }],
    updates: [update({ kind: text, startTime: text, result: text, message: text, resourceChanges: { [text]: 1 } })],
    rules: [
      { resource: text, path: text, reason: text, until: "2026-01-01" },
      { resource: text, path: "x", reason: text, until: "2027-01-01" },
    ],
  });
}

/** All of the texts that want to break out, one after another. */
export const allHostile = (): PageFacts => factsWith(hostile.map(([, text]) => text.slice(0, 300)).join("\n"));
