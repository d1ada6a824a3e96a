import { ensureSetup } from "../../deploy/ensure-setup.ts";
import { interruptible } from "../../terminal/interrupt.ts";
import { elapsed, say, sayStyle } from "../../terminal/output.ts";
import { Steps } from "../demo/steps.ts";
import { stories, type StoryName } from "../demo/stories.ts";
import type { Story } from "../demo/story.ts";

/**
 * A fleet's story from end to end, in the lab: every step is checked, and the first one that fails ends the demo with
 * exit code 1.
 */
export async function demo(name: StoryName, { keep = false }: { keep?: boolean }): Promise<void> {
  const start = performance.now();
  const story = await stories[name]();
  await ensureSetup({ lab: true, announce: true });
  await story.prepare();
  const steps = await interruptible(async (signal) => {
    const played = new Steps(signal);
    try {
      await story.play(played);
    } finally {
      if (!keep) {
        say(sayStyle("dim", "\ntaking the lab down"));
        await story.takeDown();
      }
    }
    return played;
  });
  report(steps, story, start, keep);
}

function report(steps: Steps, story: Story, start: number, kept: boolean): void {
  say(`\n${sayStyle("bold", "The whole story")}`);
  for (const { what, time, result } of steps.done) say(`  ${time.padStart(8)}  ${what}${result ? `: ${result}` : ""}`);
  say(`  ${elapsed(start).padStart(8)}  in all\n`);
  say(sayStyle("bold", "Try next"));
  for (const line of story.next(kept)) say(`  ${line}`);
}
