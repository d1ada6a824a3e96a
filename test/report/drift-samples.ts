import type { DriftRow } from "../../src/engine/drift.ts";
import { driftReport, failedReport, type DriftReport } from "../../src/report/drift.ts";

/** Reports of drift for tests of their formats. */

export const at = new Date("2026-11-21T10:00:00Z");
const none = { same: 0, drifted: 0, unknown: 0 };
const urn = (name: string) => `urn:pulumi:s::fleet::fleet:host:Service::${name}`;
const rows: DriftRow[] = [
  { urn: urn("web/base"), host: "web", name: "web/base", status: "same", changes: [] },
  {
    urn: urn("web/nginx"),
    host: "web",
    name: "web/nginx",
    status: "drifted",
    changes: [
      { path: 'files["/etc/x"].content', declared: "a\nb\n", found: "a\n{c}\n" },
      { path: 'files["/etc/x"].mode', declared: "0600", found: "0644" },
      { path: "connection.address", declared: "a", found: "b" },
    ],
  },
  {
    urn: urn("web/old"),
    host: "web",
    name: "web/old",
    status: "drifted",
    changes: [{ path: "cron.x", declared: { schedule: "1 2 * * *", user: "root", command: "true" }, found: "absent" }],
  },
  {
    urn: urn("db/base"),
    host: "db",
    name: "db/base",
    status: "unknown",
    changes: [],
    reason: "db is unreachable: timed out",
  },
  {
    urn: urn("www A"),
    host: null,
    name: "www A",
    status: "drifted",
    changes: [{ path: "", declared: "present", found: "absent" }],
  },
];
const rules = [
  { resource: "web/old", reason: "on its way out", until: "2026-12-24" },
  { resource: "web/gone", path: "x", reason: "was broken", until: "2026-01-31" },
];

export const report = driftReport({ stack: "s", summary: none, resources: rows }, { today: "2026-11-21", rules });
export const clean = driftReport({ stack: "s", summary: none, resources: [rows[0]!] }, { today: "2026-11-21" });
export const failed = failedReport("s", "error: no [network]\nto the state");

/** After an `up` that did not reach all of it. */
export const unreached = driftReport(
  {
    stack: "s",
    summary: none,
    resources: [
      { urn: urn("web/base"), host: "web", name: "web/base", status: "drifted", changes: [], unreached: "no {room}" },
      { ...rows[1]!, changes: [rows[1]!.changes[1]!], unreached: "refused" },
    ],
    lastUp: { begun: "2026-11-21T10:28:00.000Z", ended: "2026-11-21T10:29:00.000Z" },
  },
  { today: "2026-11-21" },
);

/** With names that are failed over; of one somebody has changed more. */
export const failedOver = driftReport(
  {
    stack: "s",
    summary: none,
    resources: [
      { urn: urn("www CNAME"), host: null, name: "www CNAME", status: "same", changes: [], failedOver: mark() },
      {
        urn: urn("api CNAME"),
        host: null,
        name: "api CNAME",
        status: "drifted",
        failedOver: mark("no {power}"),
        changes: [{ path: "proxied", declared: true, found: false }],
      },
    ],
  },
  { today: "2026-11-21" },
);

function mark(why?: string) {
  return { since: "2026-11-21T09:30:00Z", by: "ann", from: "home", to: "spare", ...(why && { why }) };
}

/** With a text that somebody else wrote wherever one can stand. */
export function evilReport(text: string): DriftReport {
  const change = { path: text, declared: text, found: `${text}!` };
  const resources: DriftRow[] = [
    {
      urn: text,
      host: text,
      name: text,
      status: "drifted",
      changes: [
        change,
        { path: "x", declared: `a\n${text}`, found: "a\n" },
        { path: "y", declared: { schedule: text, user: text, command: text }, found: "absent" },
      ],
    },
    { urn: `${text}2`, host: text, name: text, status: "unknown", changes: [], reason: text },
    { urn: `${text}3`, host: null, name: `${text}/x`, status: "drifted", changes: [change] },
    { urn: `${text}4`, host: text, name: text, status: "drifted", changes: [], unreached: text },
    {
      urn: `${text}5`,
      host: null,
      name: text,
      status: "same",
      changes: [],
      failedOver: { since: text, by: text, from: text, to: text, why: text },
    },
  ];
  const report = driftReport(
    { stack: text, summary: none, resources, lastUp: { begun: text, edited: true } },
    {
      today: "2026-11-21",
      rules: [
        { resource: `${text}/x`, reason: text, until: "2027-01-01" },
        { resource: text, path: text, reason: text, until: "2026-01-01" },
      ],
    },
  );
  return { ...report, problems: [text] };
}
