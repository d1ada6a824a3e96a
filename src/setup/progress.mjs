// Plain JavaScript: the launcher needs it on Node 20, before there are modules. Its documentation is in progress.d.mts.
const QUIET_MS = 1_000;
const REPEAT_MS = 30_000;
const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

export function createProgress(out = process.stderr, { quietMs = QUIET_MS, repeatMs = REPEAT_MS } = {}) {
  const display = out.isTTY ? liveDisplay(out) : plainDisplay(out, quietMs, repeatMs);
  return {
    async step(title, work) {
      const step = { title, note: "", started: Date.now() };
      display.begin(step);
      const end = (mark, detail = "") => {
        const shown = Date.now() - step.started >= quietMs || mark === "✗";
        display.end(step, shown ? `${mark} ${title} ${elapsed(step)}${detail}` : undefined);
      };
      try {
        const result = await work((text) => (step.note = text));
        end("✓");
        return result;
      } catch (error) {
        end("✗", `: ${String(error?.message ?? error).split("\n")[0]}`);
        throw error;
      }
    },
    say: (line) => display.say(line),
  };
}

export const progress = createProgress();

const elapsed = ({ started }) => {
  const seconds = (Date.now() - started) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
};

const withNote = (step) => (step.note ? `: ${step.note}` : "");

/** For files and CI: a line when a step turns out to take its time, one now and then while it lasts, one at its end. */
function plainDisplay(out, quietMs, repeatMs) {
  const say = (line) => out.write(`${line}\n`);
  return {
    say,
    begin(step) {
      step.timer = setTimeout(() => {
        say(`… ${step.title}`);
        step.timer = setInterval(() => say(`… ${step.title} ${elapsed(step)}${withNote(step)}`), repeatMs);
      }, quietMs);
    },
    end(step, line) {
      clearTimeout(step.timer);
      if (line) say(line);
    },
  };
}

/** For a terminal: the running steps at the bottom, redrawn in place; what is done scrolls up above them. */
function liveDisplay(out) {
  const running = new Set();
  let drawn = 0;
  let frame = 0;
  let timer;

  const redraw = (above = "") => {
    const width = (out.columns ?? 80) - 1;
    const lines = [...running].map((step) =>
      `${FRAMES[frame % FRAMES.length]} ${step.title} ${elapsed(step)}${withNote(step)}`.slice(0, width),
    );
    const up = drawn > 0 ? `\x1b[${drawn}A\x1b[J` : "";
    out.write(up + above + lines.map((line) => `${line}\n`).join(""));
    drawn = lines.length;
  };
  return {
    say: (line) => redraw(`${line}\n`),
    begin(step) {
      running.add(step);
      timer ??= setInterval(() => {
        frame += 1;
        redraw();
      }, 100);
    },
    end(step, line) {
      running.delete(step);
      redraw(line ? `${line}\n` : "");
      if (running.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}
