import { expect, test } from "vitest";
import { previewMarkdown } from "../../src/report/preview-markdown.ts";
import { previewOf } from "../../src/report/preview.ts";
import { parseReview, reviewNote, reviewOf } from "../../src/report/review.ts";
import { sinceReview } from "../../src/report/since-review.ts";
import { component, machine, RECORD, service, step, zone } from "./events.ts";

const facts = { policies: [], problems: [] };
const update = (host: string, name: string, content = "b") =>
  service("update", host, name, {
    old: { files: { "/etc/x": { content: "a" } } },
    new: { files: { "/etc/x": { content } } },
  });
const remove = (name: string) => step("delete", RECORD, name, { parent: zone("example.com"), old: {} });
const plan = (...events: Parameters<typeof previewOf>[1]) =>
  previewOf("s", [component(machine("zurich")), component(zone("example.com")), ...events], facts);

test("equal plans have one digest, in whatever order and with whatever image is the newest", () => {
  const made = (ami: string, more = {}) =>
    step("create", "aws:ec2/instance:Instance", "zurich", {
      parent: machine("zurich"),
      new: { ami, tags: { a: 1, b: 2 }, ...more },
    });
  const one = plan(made("ami-1"), update("zurich", "nginx")).review!;
  const other = plan(update("zurich", "nginx"), made("ami-2", { tags: { b: 2, a: 1 } })).review!;
  expect(other).toEqual(one);
  expect(one.digest).toMatch(/^[0-9a-f]{16}$/);
  expect(plan(made("ami-1", { instanceType: "t4g.nano" }), update("zurich", "nginx")).review!.digest).not.toBe(
    one.digest,
  );
  expect(plan().review!.digest).not.toBe(one.digest);
});

test("a comment holds it unseen, without a value, and never grows too long by it", () => {
  const preview = plan(update("zurich", "nginx", "s3cret"), remove("www A"));
  const markdown = previewMarkdown(preview);
  const [note] = /^<!-- fleet plan .*$/m.exec(markdown)!;
  expect(parseReview(markdown, "s")).toEqual(preview.review);
  expect(parseReview(`<!-- x -->\r\n${note}\r\n`, "s")).toEqual(preview.review);
  expect(parseReview(JSON.stringify(preview), "s")).toEqual(preview.review);
  expect(JSON.stringify(preview.review)).not.toContain("s3cret");
  const many = plan(...Array.from({ length: 4000 }, (_, i) => remove(`r${i} A`)));
  const long = previewMarkdown(many);
  expect(long.length).toBeLessThanOrEqual(65_536);
  expect(parseReview(long, "s")).toEqual({
    digest: many.review!.digest,
    places: { "zone example.com": { delete: 4000 } },
  });
});

test.each([
  ["nothing", ""],
  ["something else", "127.0.0.1 localhost"],
  ["a plan of another stack", JSON.stringify({ ...plan(), stack: "t" })],
  ["a preview with a problem", JSON.stringify(previewOf("s", [], { policies: [], problems: ["x"] }))],
  ["a comment of a preview with a problem", previewMarkdown(previewOf("s", [], { policies: [], problems: ["x"] }))],
  ["a note that was cut", "<!-- fleet plan q1ZKyUx -->"],
  ["a note that holds something else", reviewNote({ digest: "x", places: {} })],
])("%s is no review", (_what, text) => expect(() => parseReview(text, "s")).toThrow(/holds no plan of s/));

const reviewed = [update("zurich", "a"), update("zurich", "b"), remove("www A")];

test.each<[what: string, Parameters<typeof previewOf>[1], words: string[] | undefined, unreviewed: string[]]>([
  ["the same", reviewed, undefined, []],
  [
    "more on a host",
    [...reviewed, update("zurich", "c"), update("zurich", "d")],
    ["2 more updates on zurich"],
    ["c", "d"],
  ],
  ["something done already", [update("zurich", "a"), remove("www A")], ["1 fewer update on zurich"], []],
  ["all done", [], ["2 fewer updates on zurich", "1 fewer deletion in zone example.com"], []],
  [
    "another content",
    [update("zurich", "a", "c"), update("zurich", "b"), remove("www A")],
    ["1 update on zurich is not what was reviewed"],
    ["a"],
  ],
  [
    "another thing in the place of one, and one more",
    [...reviewed.slice(0, 2), remove("a A"), remove("b A")],
    ["1 more deletion in zone example.com", "1 deletion in zone example.com is not what was reviewed"],
    ["a A", "b A"],
  ],
  [
    "something of the fleet itself",
    [...reviewed, step("create", "fleet:index:Token", "kuma", { new: {} })],
    ["1 more creation of the fleet itself"],
    ["kuma"],
  ],
])("since the review: %s", (_what, events, words, unreviewed) => {
  const since = sinceReview(plan(...reviewed).review!, plan(...events).resources);
  expect([since?.words, since?.unreviewed.map(({ name }) => name) ?? [], since?.isCovered ?? true]).toEqual([
    words,
    unreviewed,
    unreviewed.length === 0,
  ]);
});

test("where only numbers were kept, whatever differs is not covered", () => {
  const numbers = {
    ...reviewOf(plan(...reviewed).resources),
    places: { "host zurich": { update: 2 }, "zone example.com": { delete: 1 } },
  };
  const now = (...events: Parameters<typeof previewOf>[1]) => sinceReview(numbers, plan(...events).resources);
  expect(now(...reviewed)).toBeUndefined();
  expect(now(remove("www A"))).toMatchObject({ words: ["2 fewer updates on zurich"], isCovered: false });
  expect(now(update("zurich", "a"), update("zurich", "c"), remove("www A"))).toMatchObject({
    words: ["other changes, as many as there were"],
    isCovered: false,
  });
});
