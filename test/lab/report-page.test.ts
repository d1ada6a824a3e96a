import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dependencyGraph } from "../../src/graph/dependencies.ts";
import { graphPicture } from "../../src/graph/picture.ts";
import { loadFleet } from "../../src/load/fleet.ts";
import { viewOf } from "../../src/rules/view.ts";
import type { PageFacts } from "../../src/report/page/facts.ts";
import { fleetPage } from "../../src/report/page/page.ts";
import { findBrowser } from "../../src/setup/browser.ts";
import { everything } from "../graph/fleet.ts";
import { factsOf } from "../report/page/facts.ts";
import { allHostile, hurt } from "../report/page/hurt.ts";

/**
 * The page and the pictures as a person has them: in a real Chromium, with axe looking for whatever keeps people out.
 */

const executablePath = await findBrowser();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const loaded = async (name: string): Promise<PageFacts> => ({
  ...factsOf([], { drift: undefined, state: undefined, updates: undefined, offline: true }),
  ...(await loadFleet(name)),
});
const pages: [string, () => PageFacts | Promise<PageFacts>][] = [
  ["one of everything, with drift and a host that is down", hurt],
  ["alaivos as its files say", () => loaded("alaivos")],
  ["vault1984 as its files say", () => loaded("vault1984")],
  ["texts that want to break out", () => allHostile()],
];
const WIDTHS = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

describe.skipIf(executablePath === undefined)("in a browser", () => {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fleet-page-"));
    // Root has no sandbox; nothing but our own files is opened.
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  /** Opens a page, and notes everything that a page must not do. */
  async function open(
    facts: PageFacts,
    options: Parameters<Browser["newPage"]>[0] = {},
  ): Promise<{ page: Page; misdeeds: string[] }> {
    const url = pathToFileURL(join(folder, "index.html")).href;
    await writeFile(join(folder, "index.html"), (await fleetPage(facts)).page);
    const page = await browser.newPage({ viewport: WIDTHS.desk, ...options });
    const misdeeds: string[] = [];
    page.on("request", (request) => request.url().split("#")[0] !== url && misdeeds.push(`asks for ${request.url()}`));
    page.on("console", (message) => misdeeds.push(`says ${message.text()}`));
    page.on("dialog", (dialog) => misdeeds.push(`asks ${dialog.message()}`));
    await page.goto(url);
    return { page, misdeeds };
  }

  async function violationsOf(page: Page): Promise<string[]> {
    await page.evaluate(axe);
    const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
      "axe.run(document, { resultTypes: ['violations'] })",
    );
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  }

  describe.each(pages)("%s", (_what, facts) => {
    test.each(Object.entries(WIDTHS))(
      "keeps nobody out on a %s, light, dark and printed, and stays inside of its window",
      async (_width, viewport) => {
        const { page, misdeeds } = await open(await facts(), { viewport });
        // What is folded is alike: axe takes its time.
        await page.evaluate(
          "for (const details of [...document.querySelectorAll('details')].slice(0, 4)) details.open = true",
        );
        for (const media of [
          { colorScheme: "light", media: "screen" },
          { colorScheme: "dark", media: "screen" },
          { colorScheme: "dark", media: "print" },
        ] as const) {
          await page.emulateMedia(media);
          expect(await violationsOf(page)).toEqual([]);
          expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
        }
        expect(misdeeds).toEqual([]);
        await page.close();
      },
    );
  });

  test("everything can be reached and worked with the keyboard alone", async () => {
    const { page } = await open(hurt());
    const wanted = await page.locator("a, summary, [tabindex='0']").filter({ visible: true }).count();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.className")).toBe("skip");
    expect(await page.locator(".skip").boundingBox()).toMatchObject({ x: expect.toSatisfy((x: number) => x >= 0) });
    const reached = new Set<string>();
    for (let i = 0; i < wanted; i += 1) {
      reached.add(
        await page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement).toString()"),
      );
      await page.keyboard.press("Tab");
    }
    expect(reached.size).toBe(wanted);
    await page.locator("#host-hub > summary").focus();
    await page.keyboard.press("Enter");
    expect(await page.locator("#host-hub").getAttribute("open")).toBe("");
    await page.locator(".picture").focus();
    await page.setViewportSize(WIDTHS.phone);
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.evaluate("document.querySelector('.picture').scrollLeft")).toBeGreaterThan(0);
    await page.close();
  });

  test("what is folded on a screen is unfolded on paper", async () => {
    const { page } = await open(hurt());
    const table = page.locator("#host-hub table");
    expect(await table.isVisible()).toBe(false);
    await page.emulateMedia({ media: "print" });
    expect(await table.isVisible()).toBe(true);
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
    await page.close();
  });

  test("no text becomes markup, whatever it wants to be", async () => {
    const { page, misdeeds } = await open(allHostile());
    expect(await page.evaluate("document.querySelectorAll('script, img, link, iframe, h1 ~ h1').length")).toBe(0);
    expect(
      await page.evaluate(
        "[...document.querySelectorAll('*')].flatMap((e) => [...e.attributes]).filter(({ name }) => " +
          "name.startsWith('on') || name === 'style').length",
      ),
    ).toBe(0);
    expect(await page.evaluate("document.body.innerText.includes('EVIL')")).toBe(true);
    expect(misdeeds).toEqual([]);
    await page.close();
  });

  test("a picture is well-formed SVG, light and dark", async () => {
    const view = viewOf(everything());
    const picture = await graphPicture(dependencyGraph(view));
    const page = await browser.newPage();
    const parsed = await page.evaluate((text) => {
      const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
      return [root.nodeName, root.querySelectorAll("parsererror").length, root.querySelectorAll(".node").length];
    }, picture);
    expect(parsed).toEqual(["svg", 0, dependencyGraph(view).nodes.length]);
    await page.close();
  });
});
