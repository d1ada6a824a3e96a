/** Takes the README's picture of a page: `npx node test/report/page/picture.ts site/index.html docs/report.png`. */
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { findBrowser } from "../../../src/setup/browser.ts";

const [page, picture] = process.argv.slice(2) as [string, string];
const browser = await chromium.launch({ executablePath: await findBrowser(), args: ["--no-sandbox"] });
const window = await browser.newPage({ viewport: { width: 1180, height: 900 } });
await window.goto(pathToFileURL(page).href);
// Its head and the topology: what stands below the picture's own legend is left out.
const legend = (await window.locator(".legend").boundingBox())!;
await window.screenshot({
  path: picture,
  fullPage: true,
  clip: { x: 0, y: 0, width: 1180, height: legend.y + legend.height + 8 },
});
await browser.close();
