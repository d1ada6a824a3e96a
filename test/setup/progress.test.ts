import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createProgress } from "../../src/setup/progress.mjs";

function fakeOutput(isTTY: boolean) {
  const written: string[] = [];
  return { write: (text: string) => written.push(text), isTTY, columns: 40, text: () => written.join("") };
}

const timesHidden = (text: string) =>
  text.replace(/\d+\.\d s/g, "T").replace(/(… boot T: booting\n)+/, "… boot T: booting\n");

test("a quick step leaves no trace", async () => {
  const out = fakeOutput(false);
  expect(await createProgress(out).step("boot", async () => 7)).toBe(7);
  expect(out.text()).toBe("");
});

test("a long step has a line when it proves long, while it lasts, and at its end", async () => {
  const out = fakeOutput(false);
  await createProgress(out, { quietMs: 10, repeatMs: 20 }).step("boot", async (note) => {
    note("booting");
    await sleep(80);
  });
  expect(timesHidden(out.text())).toBe("… boot\n… boot T: booting\n✓ boot T\n");
});

test("a failure is shown however quick, with the first line of its message, and comes through", async () => {
  const out = fakeOutput(false);
  await expect(
    createProgress(out).step("boot", async () => {
      throw new Error("no disk\nmore");
    }),
  ).rejects.toThrow("no disk\nmore");
  expect(timesHidden(out.text())).toBe("✗ boot T: no disk\n");
});

test("off a terminal there are no control sequences, and steps side by side have their own lines", async () => {
  const out = fakeOutput(false);
  const progress = createProgress(out, { quietMs: 5 });
  await Promise.all([progress.step("a", () => sleep(20)), progress.step("b", () => sleep(60))]);
  expect(timesHidden(out.text())).toBe("… a\n… b\n✓ a T\n✓ b T\n");
});

test("on a terminal running steps are redrawn in place, no wider than it is", async () => {
  const out = fakeOutput(true);
  const progress = createProgress(out, { quietMs: 5 });
  await progress.step(`a ${"long ".repeat(20)}step`, async () => {
    await sleep(150);
    progress.say("by the way");
  });
  expect(out.text()).toContain("\x1b[1A\x1b[J");
  expect(out.text()).toContain("by the way\n");
  const live = out
    .text()
    .split("\n")
    .filter((line) => /[⠋⠙⠹]/.test(line));
  expect(live.length).toBeGreaterThan(0);
  for (const line of live) expect(line.replace(/\x1b\[\w+/g, "").length).toBeLessThan(40);
});
