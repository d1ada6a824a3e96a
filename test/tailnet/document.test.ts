import { expect, test } from "vitest";
import { type Sections, withSections } from "../../src/tailnet/document.ts";

const tag = { tagOwners: [{ key: "tag:web", value: ["autogroup:admin"] }] };
const grant = { grants: [{ why: "api needs db", value: { src: ["tag:web"], dst: ["tag:db"], ip: ["tcp:5432"] } }] };

test.each<[what: string, document: string, sections: Sections, result: string]>([
  ["nothing to an empty document", "{}", {}, "{}\n"],
  ["nothing to an owner's document", '{ // mine\n  "acls": []}', {}, '{ // mine\n  "acls": []}\n'],
  [
    "sections to an empty document",
    "{}",
    { ...tag, ...grant },
    `{
  "tagOwners": {
    "tag:web": ["autogroup:admin"],
  },
  "grants": [
    // api needs db
    {"src": ["tag:web"], "dst": ["tag:db"], "ip": ["tcp:5432"]},
  ],
}
`,
  ],
  [
    "lines after an owner's, whose comments stay",
    `{
  // laptops
  "grants": [
    {"src": ["me@example.com"], "dst": ["*"], "ip": ["*"]} // I may do all
  ],
  "nodeAttrs": [] // none
}`,
    grant,
    `{
  // laptops
  "grants": [
    {"src": ["me@example.com"], "dst": ["*"], "ip": ["*"]}, // I may do all
    // api needs db
    {"src": ["tag:web"], "dst": ["tag:db"], "ip": ["tcp:5432"]},
  ],
  "nodeAttrs": [] // none
}
`,
  ],
  [
    "a section after an owner's last one, with a comment behind it",
    '{\n  "nodeAttrs": [] // none\n}',
    tag,
    '{\n  "nodeAttrs": [], // none\n  "tagOwners": {\n    "tag:web": ["autogroup:admin"],\n  },\n}\n',
  ],
  [
    "no tag that the owner gave to somebody",
    '{"tagOwners": {"tag:web": ["me@example.com"]}}',
    tag,
    '{"tagOwners": {"tag:web": ["me@example.com"]}}\n',
  ],
  [
    "a line to a list on one line",
    '{"grants": [1,]}',
    grant,
    '{"grants": [1,\n    // api needs db\n    {"src": ["tag:web"], "dst": ["tag:db"], "ip": ["tcp:5432"]},\n  ]}\n',
  ],
])("adds %s", (_, document, sections, result) => {
  expect(withSections(document, sections)).toBe(result);
  // Once more is nothing more to entries by name.
  if (!("grants" in sections)) expect(withSections(result, sections)).toBe(result);
});

test.each([
  ["[]", "mesh.document is no HuJSON: it is no object at its line 1"],
  ['{\n  "acls": [\n}', "mesh.document is no HuJSON: ValueExpected at its line 3"],
])("refuses %j", (document, message) => expect(() => withSections(document, tag)).toThrow(message));
