import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scratchCheckout, type Checkout } from "./checkout.ts";

/**
 * `fleet report` over a fleet's life. The page itself: test/report/page, and test/lab/report-page.test.ts in a browser.
 */

let tiny: Checkout;

beforeAll(async () => {
  tiny = await scratchCheckout();
  // One machine and what stands at Cloudflare are enough.
  for (const host of ["old", "new"]) await tiny.remove(`hosts/tiny/${host}.ts`);
});
afterAll(async () => tiny?.[Symbol.asyncDispose]());

async function report(
  options: string[],
  env?: NodeJS.ProcessEnv,
): Promise<{ exitCode: number | null; stderr: string; page: string }> {
  const { exitCode, stdout, stderr } = await tiny.fleet(["report", "tiny", "-o", "site", ...options], env);
  expect(stdout).toBe("site/index.html\n");
  return { exitCode, stderr, page: await readFile(join(tiny.root, "site/index.html"), "utf8") };
}

test("a fleet that does not exist has no page", async () => {
  expect(await tiny.fleet(["report", "tini", "--lab", "-o", "site"])).toMatchObject({
    exitCode: 1,
    stdout: "",
    stderr: expect.stringContaining('there is no fleet "tini": stacks/ holds tiny'),
  });
});

test("the files alone are enough for a page that asked nobody", async () => {
  const { exitCode, page } = await report(["--offline"]);
  expect(exitCode).toBe(0);
  expect(page).toContain("Nobody was asked");
  expect((await tiny.status()).clouds).toEqual({});
});

test("where no state can be reached, the page says so, and what the files say", async () => {
  const { exitCode, stderr, page } = await report([], {
    PULUMI_BACKEND_URL: undefined,
    PULUMI_ACCESS_TOKEN: undefined,
    PULUMI_HOME: join(tiny.root, "home"),
  });
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringContaining("drift and health: there is no place for the state of real stacks yet"),
  ]);
  expect(page).toContain("Nothing could be looked at");
  expect(page).toContain("there is no place for the state of real stacks yet");
  expect(page).toContain('<details class="host unknown" id="host-pi"');
});

test("before the first up, the page says what to do", async () => {
  const { exitCode, stderr, page } = await report(["--lab"]);
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringContaining("drift and health: tiny has no resources yet: run `npx fleet up tiny --lab` first"),
  ]);
  expect(page).toContain("tiny has no resources yet: run `npx fleet up tiny --lab` first");
  expect(page).toContain("not brought up yet");
});

test("after up, everything is as declared, and the run is the last change", async () => {
  expect((await tiny.up()).exitCode).toBe(0);
  const { exitCode, page } = await report(["--lab"]);
  expect(exitCode, page).toBe(0);
  expect(page).toContain("Everything that was brought up is as declared");
  expect(page).toMatch(/<td data-head="What">up.*succeeded.*created/);
  expect(page).not.toMatch(/class="badge (unknown|new|drifted)/);
});

test("an edited file is named with its lines", async () => {
  await tiny.ssh("pi", "echo '</pre><script>by hand</script>' >/etc/motd");
  const { exitCode, page } = await report(["--lab"]);
  expect(exitCode).toBe(2);
  expect(page).toContain(
    '<span class="declared">-tiny</span>\n<span class="found">+&lt;/pre&gt;&lt;script&gt;by hand&lt;/script&gt;</span>',
  );
});

test("a host that is stopped is unknown, never as declared", async () => {
  expect((await tiny.fleet(["lab", "machine", "tiny", "pi", "stop"])).exitCode).toBe(0);
  const { exitCode, page } = await report(["--lab"]);
  expect(exitCode).toBe(3);
  expect(page).toMatch(/<details class="host unknown" id="host-pi" open="">/);
  expect(page).toContain("pi is unreachable");
});
