import { expect, test } from "vitest";
import { describeFailure } from "../../../src/provider/service/failure-text.ts";
import { NOTHING } from "../../../src/provider/aspects/shape.ts";
import { shape } from "../fixtures.ts";

const target = { host: "cx23", service: "nginx", connection: {} };
const running = shape({ units: { "nginx.service": {} } });
const stopped = shape({ units: { "nginx.service": { active: false } } });

test("a failure names host, service and step, what is running, what was said and what to do", () => {
  expect(
    describeFailure(
      target,
      { reason: "refused by its validation: nginx -t", log: "unknown directive\nfailed", journal: "" },
      running,
      running,
    ),
  ).toBe(
    `cx23/nginx: refused by its validation: nginx -t. The service's files and units were put back; as before, this is active: nginx.service.
  output:
    unknown directive
    failed
  what to do: put right what the output names, then run up again`,
  );
});

test.each([
  ["nothing ran before", stopped, stopped, /put back\.$/],
  ["nothing was there before", NOTHING, NOTHING, /put back\.$/],
  [
    "what ran does not run any more",
    running,
    stopped,
    /put back, but this did not start again: nginx\.service\. On the host, "journalctl -u nginx\.service" says why\.$/,
  ],
])("%s", (_, before, found, expected) => {
  expect(describeFailure(target, { reason: "it failed", log: "", journal: "" }, before, found).split("\n")[0]).toMatch(
    expected,
  );
});

test.each([
  ["packages could not be installed: x", /package mirror/],
  ["could not be fetched: /opt/x from https://example.com/x", /the SHA-256 is that of what it serves/],
  ["health check failed for 30 s: tcp 127.0.0.1:80 accepts connections", /longer `within`/],
  ["nginx.service is failed instead of active", /what the journal names/],
  ["no new connection could be made within 30 s after this change, so the host undid it by itself", /still gets in/],
  ["files could not be written", /what the output names/],
])("what to do when %s", (reason, expected) => {
  expect(describeFailure(target, { reason, log: "", journal: "" }, NOTHING, NOTHING).split("\n").at(-1)).toMatch(
    expected,
  );
});
