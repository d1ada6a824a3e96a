import type { EngineEvent, StateMetadata } from "../engine/events.ts";
import { previewMarkdown } from "../report/preview-markdown.ts";
import { previewText } from "../report/preview-text.ts";
import { previewOf } from "../report/preview.ts";

/**
 * `format.ts RESOURCES`: puts together what the engine would tell of so many services of which each has a changed line
 * in a file, and formats it for a terminal and as a comment. Prints as JSON how many seconds the formatting took, and
 * the peak of this process's memory in bytes.
 */

const LINES = 60;
const PER_HOST = 20;

function changed(i: number): EngineEvent {
  const [host, name] = [`host-${Math.floor(i / PER_HOST)}`, `service-${i % PER_HOST}`];
  const urn = `urn:pulumi:bench::fleet::fleet:static:Machine$fleet:host:Service::${host}/${name}`;
  const path = `/etc/${name}.conf`;
  const state = (value: number): StateMetadata => {
    const content = Array.from(
      { length: LINES },
      (_, line) => `setting-${line} = ${line === LINES / 2 ? value : line}`,
    ).join("\n");
    return {
      type: "fleet:host:Service",
      urn,
      custom: true,
      id: `${host}/${name}`,
      parent: `urn:pulumi:bench::fleet::fleet:static:Machine::${host}`,
      inputs: { host, service: name, files: { [path]: { content, mode: "0644" } } },
      outputs: {},
    };
  };
  const detailedDiff = { [`files["${path}"].content`]: { diffKind: "update", inputDiff: true } };
  return {
    sequence: i,
    timestamp: 0,
    resOutputsEvent: {
      metadata: { op: "update", urn, type: "fleet:host:Service", old: state(0), new: state(1), detailedDiff },
      planning: true,
    },
  };
}

const events = Array.from({ length: Number(process.argv[2]) }, (_, i) => changed(i));
const start = performance.now();
const preview = previewOf("bench", events, { policies: [], problems: [] });
const length = previewMarkdown(preview).length + previewText(preview).length;
console.log(
  JSON.stringify({
    seconds: (performance.now() - start) / 1000,
    bytes: process.resourceUsage().maxRSS * 1024,
    resources: preview.resources.length,
    length,
  }),
);
