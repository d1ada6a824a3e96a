import { describe, expect, test } from "vitest";
import { pageExitCode } from "../../../src/report/page/answers.ts";
import type { PageFacts } from "../../../src/report/page/facts.ts";
import { fleetPage } from "../../../src/report/page/page.ts";
import { hostile } from "../hostile.ts";
import { factsOf, row, rows, urn } from "./facts.ts";
import { down, factsWith, stopped, update, withRows } from "./hurt.ts";

/** What a reader sees of a page, one line for each block. */
const textOf = (page: string): string =>
  page
    .replace(/<(style|svg).*?<\/\1>/gs, "")
    .replace(/<\/(tr|p|h\d|li|dt|dd|summary)>/g, "\n")
    .replace(/<[^>]*>/g, " ")
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .replace(/[ \t]+/g, " ")
    .replace(/ ?\n\s*/g, "\n");
const read = async (facts: PageFacts) => {
  const { page, answers } = await fleetPage(facts);
  return { text: textOf(page), code: pageExitCode(facts, answers) };
};
const record = { urn: urn("x.org A web", "cloudflare:index/dnsRecord:DnsRecord"), host: null, unreached: "no room" };
const cname = { urn: urn("www.x.org CNAME", "cloudflare:index/dnsRecord:DnsRecord"), host: null };
const failedOver = { since: "2026-11-21T09:30:00Z", by: "ann", from: "home", to: "spare", why: "power is out" };
const offline = { drift: undefined, state: undefined, updates: undefined };
test.each<[string, PageFacts, number, string[]]>([
  [
    "all is well",
    factsOf(),
    0,
    [
      "Everything that was brought up is as declared",
      "7 as declared, 0 drifted, 0 unknown",
      "nginx after cert given KEY 443/tcp\nin place ✓ as declared\n",
    ],
  ],
  [
    "a service is stopped and a file changed",
    factsOf(withRows(stopped)),
    2,
    [
      "Not everything is as declared",
      "nginx.service is not active",
      'units["nginx.service"].active : declared true , found false',
      "a\n-b\n+c\n",
      "1 of them not well",
    ],
  ],
  [
    "a name is failed over",
    factsOf([...rows, row("www.x.org CNAME", "same", { ...cname, failedOver })]),
    0,
    [
      "Everything that was brought up is as declared",
      "failed over since 2026-11-21 09:30:00 UTC by ann, from home to spare: power is out\n",
    ],
  ],
  [
    "the last `up` did not reach all",
    factsOf(
      withRows(row("web/nginx", "drifted", { unreached: "refused" }), row("x.org A web", "drifted", { ...record })),
    ),
    2,
    [
      "Not everything is as declared",
      "not brought up ≠ drifted\nnot brought up: refused\n",
      "not brought up: no room\n",
    ],
  ],
  [
    "a host is down",
    factsOf(withRows(stopped, down)),
    3,
    ["Not everything could be looked at", "5 as declared, 1 drifted, 1 unknown", "shelf is unreachable"],
  ],
  [
    "the engine ended in the middle",
    factsOf(rows.slice(0, 3)),
    3,
    ["3 as declared, 0 drifted, 3 unknown", "the look ended before it"],
  ],
  [
    "the engine failed",
    factsOf(rows, { drift: undefined, problems: [{ about: "drift and health", message: "no network" }] }),
    1,
    ["Nothing could be looked at", "drift and health no network", "nothing could be looked at"],
  ],
  [
    "nothing was brought up",
    factsOf([], {
      drift: undefined,
      state: [],
      problems: [{ about: "drift and health", message: "test has no resources yet: run `npx fleet up test` first" }],
    }),
    1,
    ["test has no resources yet", "+ not brought up yet", "None: nothing was brought up yet"],
  ],
  [
    "the last changes cannot be read",
    factsOf(rows, { updates: undefined, problems: [{ about: "last changes", message: "the bucket is gone" }] }),
    1,
    ["the bucket is gone", "They could not be read"],
  ],
  [
    "an ignore rule lets something pass",
    factsOf(withRows(stopped), { rules: [{ resource: "web/nginx", reason: "on its way out", until: "2027-01-01" }] }),
    0,
    ["let pass until 2027-01-01", "on its way out", "nginx.service is not active"],
  ],
  [
    "an ignore rule has expired",
    factsOf(rows, { rules: [{ resource: "web/nginx", reason: "was broken", until: "2026-01-01" }] }),
    1,
    ["the rule for web/nginx ended on 2026-01-01"],
  ],
  [
    "only the files",
    factsOf([], { ...offline, offline: true }),
    0,
    ["Nobody was asked", "– not looked at", "The state was not asked"],
  ],
  [
    "only the files, of which a rule is broken",
    factsOf([], {
      ...offline,
      offline: true,
      problems: [{ about: "rules of the fleet", message: "two hosts have one address" }],
    }),
    1,
    ["two hosts have one address"],
  ],
])("%s", async (_what, facts, code, told) => {
  const page = await read(facts);
  for (const text of told) expect(page.text).toContain(text);
  expect(page.code).toBe(code);
});

test("says what a fleet has, and what it costs", async () => {
  const { text } = await read(factsOf());
  for (const told of [
    "Hosts\n3 1 more planned\n",
    "x.org A web , proxied ✓ as declared",
    "old.y.org A 192.0.2.9 … planned",
    "KEY 32 hexadecimal digits web/nginx\nWorker api\nnginx on web",
    "€7.5 + $10–12/month . With what is planned: €7.5 + $15–17/month. The budget is €20/month, of which 92 % are used.",
    "load balancer all (planned)",
    "hosts/test/web.ts",
  ])
    expect(text).toContain(told);
});

test("the last changes, the newest first as they come", async () => {
  const { text } = await read(
    factsOf(rows, {
      updates: [
        update({ result: "failed", resourceChanges: { same: 4, create: 1200, odd: 1 } }),
        update({ message: "New header" }),
      ],
    }),
  );
  expect(text).toContain("2026-11-20 10:00 UTC up failed 1,200 created, 4 unchanged, 1 odd\n");
  expect(text).toContain("2026-11-20 10:00 UTC up New header succeeded\n");
});

test("the same facts make the same page, and another time another line", async () => {
  const [one, same, later] = await Promise.all(
    [factsOf(), factsOf(), factsOf(rows, { at: new Date("2026-11-22T10:00:00Z") })].map(async (facts) =>
      (await fleetPage(facts)).page.split("\n"),
    ),
  );
  expect(same).toEqual(one);
  expect(later!.filter((line, i) => line !== one![i])).toHaveLength(1);
});

test("nothing is loaded, run or linked to outside of the page", async () => {
  const { page } = await fleetPage(factsOf(withRows(stopped, down)));
  expect(page).toMatch(
    /content="default-src &#39;none&#39;; style-src &#39;sha256-[\w+/]+=*&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"/,
  );
  expect(page).not.toMatch(
    /<(script|link|img|iframe|object|embed|form|base)\b|\sstyle=|\son\w+=|@import|url\(|(href|src)="(?!#)/,
  );
  const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...page.matchAll(/href="#([^"]*)"/g)].filter(([, id]) => !ids.includes(id)).map(([whole]) => whole)).toEqual(
    [],
  );
});

const tagsOf = (page: string): string[] =>
  page
    .replace(/<pre>.*?<\/pre>/gs, "")
    .match(/<[^>]*>/g)!
    .map((tag) => /^<\/?[\w!]+/.exec(tag)![0]);
const hidden = /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

describe.each(hostile)("%s", (_name, text) => {
  test("is only ever text", async () => {
    const { page } = await fleetPage(factsWith(text));
    const { page: tame } = await fleetPage(factsWith("tame"));
    // What is drawn may be wider or have a second line, but nothing else may be there than with a text that does
    // nothing.
    expect(new Set(tagsOf(page))).toEqual(new Set(tagsOf(tame)));
    expect(page.match(/<[^>]*EVIL/g)?.filter((tag) => !/^<(svg|td|details|div|a|p)\b[^<]*$/.test(tag)) ?? []).toEqual(
      [],
    );
    expect(page).not.toMatch(hidden);
    expect(page.length).toBeLessThan(400_000);
  });
});
