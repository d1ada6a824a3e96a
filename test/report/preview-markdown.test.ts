import { describe, expect, test } from "vitest";
import { COMMENT_LIMIT, previewMarkdown } from "../../src/report/preview-markdown.ts";
import { previewText } from "../../src/report/preview-text.ts";
import { previewOf, type Preview, type PreviewFacts } from "../../src/report/preview.ts";
import type { EngineEvent } from "../../src/engine/events.ts";
import { describeFleet } from "../../src/report/fleet-description.ts";
import { fleetOf, server } from "../model/fixtures.ts";
import { component, machine, RECORD, service, step, unreachable, zone } from "./events.ts";
import { hostile } from "./hostile.ts";
import { outsideOfCode } from "./read-markdown.ts";

const file = (content: string) => ({ content, mode: "0644", owner: "root", group: "root" });
const nothing: PreviewFacts = { policies: [], problems: [] };
const preview = (events: EngineEvent[], facts: PreviewFacts = nothing): Preview => previewOf("s", events, facts);

const headers = (frame: string) => `add_header a "1";\nadd_header x-frame-options "${frame}";\nadd_header b "2";\n`;
const nginx = service("update", "web", "nginx", {
  old: { files: { "/etc/nginx/x.conf": file(headers("DENY")) } },
  new: { files: { "/etc/nginx/x.conf": { ...file(headers("SAMEORIGIN")), mode: "0600" } } },
});
const record = step("delete", RECORD, "old.example.com A", {
  parent: zone("example.com"),
  old: { content: "192.0.2.1" },
});
const parents = [component(machine("web")), component(zone("example.com"))];

/** Without what stands in it for a later comparison: test/report/review.test.ts. */
const withoutPlan = (markdown: string) =>
  markdown.replace(/\n<!-- fleet plan [\w-]+ -->\n$/, "").replace(/Plan: `[0-9a-f]{16}`\n\n/, "");

describe("previewMarkdown", () => {
  test("nothing to do is one line", () =>
    expect(withoutPlan(previewMarkdown(preview([])))).toBe("<!-- fleet preview s -->\n\n## `s`: 0 unchanged\n"));

  test("a preview that could not be made says so", () => {
    expect(
      previewMarkdown(
        preview([], { ...nothing, problems: ["the fleet is not in order:\n  a.ts: two hosts\n  b.ts: no address\n"] }),
      ),
    ).toBe(
      "<!-- fleet preview s -->\n\n## `s`: no preview\n\n**This is not all:**\n\n" +
        "- `the fleet is not in order: a.ts: two hosts; b.ts: no address`\n",
    );
  });

  test("totals, what cannot be taken back, then hosts and zones with the lines that change", () => {
    expect(withoutPlan(previewMarkdown(preview([...parents, nginx, record])))).toBe(`<!-- fleet preview s -->

## \`s\`: 1 to update, 1 to delete, 0 unchanged

### ⚠️ Replaced and deleted

- ⚠️ **delete** record \`old.example.com A\` of zone \`example.com\`

### Host \`web\`

- **update** service \`nginx\`
  - file \`/etc/nginx/x.conf\`: \`mode\`: \`0644\` → \`0600\`

  <details><summary>file <code>/etc/nginx/x.conf</code>: 1 line added, 1 removed</summary>

  \`\`\`diff
  @@ -1,3 +1,3 @@
   add_header a "1";
  -add_header x-frame-options "DENY";
  +add_header x-frame-options "SAMEORIGIN";
   add_header b "2";
  \`\`\`

  </details>


### Zone \`example.com\`

- ⚠️ **delete** record \`old.example.com A\`
`);
  });

  test("cost, ports, mesh, policies, problems and what could not be seen stand in the head", () => {
    const compared = {
      cost: { before: "€4/month", after: "€8/month" },
      ports: [{ host: "web", port: "80/tcp", to: "public" as const, op: "opens" as const }],
      mesh: [{ what: "member", name: "web", after: "10.0.0.2" }],
      policies: [{ id: "new", after: "Be kind" }],
    };
    const policies = [
      { id: "arm", text: "Only ARM", result: "broken" as const, breaches: ["web is amd64", "db is amd64"] },
      { id: "kind", text: "Be kind", result: "in words" as const, breaches: [] },
    ];
    expect(
      previewMarkdown(
        preview(
          [
            service("same", "web", "nginx", { old: {}, new: {} }),
            unreachable("web", "nginx", "timed out"),
            unreachable("web", "base", "timed out"),
          ],
          { policies, problems: ["no program"], compared },
        ),
      ),
    ).toBe(`<!-- fleet preview s -->

## \`s\`: 1 unchanged

**This is not all:**

- \`no program\`

**Could not be looked at, so what changes there is a guess:**

- \`web/base\`, \`web/nginx\`: \`timed out\`

Cost: \`€4/month\` → **\`€8/month\`**

Ports:

- \`web\` opens \`80/tcp\` to the public

Mesh:

- member \`web\` is new: \`10.0.0.2\`

Policies: **1 broken**, 1 in words

- **broken** \`arm\`: \`web is amd64\` and 1 more breach

- policy \`new\` is new: \`Be kind\`
`);
  });
});

test("previewText tells the same on a terminal", () => {
  expect(
    previewText(
      preview([...parents, nginx, record], {
        ...nothing,
        declared: describeFleet(fleetOf({ hosts: [server("web", { monthlyCost: { eur: 4 } })] }), {}),
      }),
    ),
  ).toBe(`s: 1 to update, 1 to delete, 0 unchanged
cost     €4/month
delete   record old.example.com A of zone example.com

host web
  update   service nginx
    file /etc/nginx/x.conf
      @@ -1,3 +1,3 @@
       add_header a "1";
      -add_header x-frame-options "DENY";
      +add_header x-frame-options "SAMEORIGIN";
       add_header b "2";
    file /etc/nginx/x.conf: mode: 0644 → 0600

zone example.com
  delete   record old.example.com A`);
});

/** A preview with one text in every place that is not the fleet's own wording. */
function filledWith(text: string): Preview {
  const properties = {
    files: { [text]: file(text), "/etc/x": { ...file(`old\n${text}`), owner: text } },
    units: { [text]: { enabled: true, dropIns: { [text]: text } } },
    timeZone: text,
    packages: [text],
    [text]: text,
  };
  const events = [
    component(machine(text)),
    component(zone(text)),
    service("update", text, "x", {
      old: { files: { "/etc/x": file("old\nnew\n") } },
      new: properties,
      detailedDiff: { [text]: "update" },
    }),
    service("create", text, text, { parent: machine(text), new: properties }),
    step("replace", RECORD, text, {
      parent: zone(text),
      old: { a: 1 },
      new: { a: text },
      detailedDiff: { [text]: "update-replace" },
    }),
    unreachable(text, text, text),
  ];
  const compared = {
    cost: { before: text, after: text },
    ports: [{ host: text, port: text, to: "public" as const, op: "opens" as const }],
    mesh: [{ what: "member", name: text, before: text, after: text }],
    policies: [{ id: text, before: text, after: text }],
  };
  return {
    ...preview(events, {
      policies: [{ id: text, text, result: "broken", breaches: [text, text] }],
      problems: [text],
      compared,
    }),
    stack: text,
  };
}

/** Everything of ours that is markup. */
const OURS = /<\/?details>|<\/?summary>/g;

describe.each(hostile)("%s", (_name, text) => {
  const markdown = previewMarkdown(filledWith(text));
  test("stays in code and below the limit", () => {
    const [marker, ...rest] = markdown.split("\n");
    expect(marker).toMatch(/^<!-- fleet preview [\w.-]{1,100} -->$/);
    const outside = outsideOfCode(rest.join("\n"));
    expect(outside).not.toContain("EVIL");
    expect(outside.replace(OURS, "")).not.toMatch(/[<>@$]|https?:|--/);
    expect(markdown.length).toBeLessThanOrEqual(COMMENT_LIMIT);
  });
  test("leaves nothing hidden", () => {
    for (const shown of [markdown, previewText(filledWith(text))])
      expect(shown.replaceAll(/[\n\t]|⚠\uFE0F/g, "")).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u,
      );
  });
  test("is told the same way twice", () => expect(previewMarkdown(filledWith(text))).toBe(markdown));
});

describe("a preview of any size", () => {
  const lines = (n: number, tail = "") => Array.from({ length: n }, (_, i) => `line ${i}${tail}`).join("\n");
  const changes = (n: number, size: number) =>
    Array.from({ length: n }, (_, i) =>
      service("update", `h${i % 21}`, `s${String(i).padStart(5, "0")}`, {
        old: { files: { "/etc/x": file(lines(size)) } },
        new: { files: { "/etc/x": file(lines(size, "!")) } },
      }),
    );
  test.each([
    [1, 10, ""],
    [1, 20_000, "Texts"],
    [40, 40, ""],
    [100, 100, "Texts"],
    [300, 100, "Most texts"],
    [1500, 3, "Most texts"],
    [5000, 3, "The middle"],
  ])("%i changes of %i lines fit, with their totals", (n, size, cut) => {
    const markdown = previewMarkdown(preview(changes(n, size)));
    expect(markdown.length).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(markdown).toContain(`${n.toLocaleString("en")} to update`);
    expect(outsideOfCode(markdown)).not.toMatch(/line \d/);
    expect(
      /^(Texts|Most texts|The middle).* to fit\. `fleet preview` shows all of it\.\n$/m.exec(markdown)?.[1] ?? "",
    ).toBe(cut);
    expect(markdown).toContain("`s00000`");
    expect(markdown).toContain(`\`s${String(n < 21 ? n - 1 : n - 1 - ((n - 1 - 9) % 21)).padStart(5, "0")}\``);
  });
  test("a cut says how many were left out, and the ends stay", () => {
    const markdown = previewMarkdown(preview(changes(5000, 3)));
    const [, left] = /… ([\d,]+) entries here were cut to fit …/.exec(markdown)!;
    expect(markdown.match(/^- \*\*update\*\*/gm)!.length + Number(left!.replace(",", ""))).toBe(5000);
  });
  test("thousands of deletions leave the totals, and room for the places", () => {
    const gone = Array.from({ length: 5000 }, (_, i) =>
      step("delete", RECORD, `r${i} A`, { parent: zone("example.com"), old: {} }),
    );
    const markdown = previewMarkdown(preview([component(zone("example.com")), ...gone]));
    expect(markdown.length).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(markdown).toMatch(
      /^<!-- fleet preview s -->\n\n## `s`: 5,000 to delete, 0 unchanged\n\n⚠️ \*\*5,000 things .*\n\nPlan: .*\n\n### ⚠️ Replaced and deleted\n/,
    );
    expect(markdown).toContain("\n### Zone `example.com`\n");
  });
});
