import { nameOf, typeOf, type EngineEvent } from "../engine/events.ts";
import { elapsed, say, sayStyle } from "./output.ts";

const SIGNS: Record<string, [sign: string, colour: "green" | "yellow" | "red" | "magenta" | "cyan"]> = {
  create: ["+", "green"],
  update: ["~", "yellow"],
  delete: ["-", "red"],
  replace: ["±", "magenta"],
  "create-replacement": ["+", "magenta"],
  "delete-replaced": ["-", "magenta"],
  import: ["=", "cyan"],
};
const TICK_MS = 1000;

/** Said again without the cause, or about where a plugin was found. */
const isNoise = (message: string): boolean =>
  /failed to register|^(update|preview) failed$|^using pulumi-\S+ from \$PATH/m.test(message.trim());

/**
 * Tells people on stderr what the engine is doing: a line for each thing that changed, and on a terminal a line for
 * what is under way.
 */
export class EngineProgress {
  private readonly running = new Map<string, number>();
  /** What was remarked already: a host that is down is no news for each of its services. */
  private readonly remarks = new Set<string>();
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly start = performance.now();

  private readonly showSteps: boolean;

  /** @param showSteps off where what is found is shown as a whole afterwards */
  constructor(what: string, showSteps: boolean) {
    this.showSteps = showSteps;
    say(sayStyle("dim", what));
    if (process.stderr.isTTY) this.timer = setInterval(() => this.showRunning(), TICK_MS).unref();
  }

  readonly onEvent = (event: EngineEvent): void => {
    const before = event.resourcePreEvent?.metadata;
    if (before) this.running.set(before.urn, performance.now());
    const after = (event.resOutputsEvent ?? event.resOpFailedEvent)?.metadata;
    if (after) this.finished(after.op, after.urn, Boolean(event.resOpFailedEvent));
    const diagnostic = event.diagnosticEvent;
    if (
      diagnostic &&
      (diagnostic.severity === "error" || diagnostic.severity === "warning") &&
      !isNoise(diagnostic.message)
    )
      this.remark(diagnostic.severity, diagnostic.message, diagnostic.urn);
  };

  end(): void {
    clearInterval(this.timer);
    this.clearLine();
  }

  private finished(op: string, urn: string, failed: boolean): void {
    const started = this.running.get(urn) ?? this.start;
    this.running.delete(urn);
    const sign = SIGNS[op];
    if (
      !this.showSteps ||
      !sign ||
      typeOf(urn) === "pulumi:pulumi:Stack" ||
      typeOf(urn).startsWith("pulumi:providers:")
    )
      return;
    this.clearLine();
    say(
      `  ${sayStyle(failed ? "red" : sign[1], failed ? "✗" : sign[0])} ${nameOf(urn)} ` +
        sayStyle("dim", `${typeOf(urn)} ${elapsed(started)}`),
    );
  }

  private remark(severity: "error" | "warning", message: string, urn?: string): void {
    if (this.remarks.has(message)) return;
    this.remarks.add(message);
    this.clearLine();
    say(
      `  ${sayStyle(severity === "error" ? "red" : "yellow", severity)} ${urn ? `${nameOf(urn)}: ` : ""}` +
        message.trim(),
    );
  }

  private showRunning(): void {
    const names = [...this.running.keys()].map(nameOf);
    if (names.length === 0) return;
    this.clearLine();
    process.stderr.write(
      sayStyle(
        "dim",
        `  … ${elapsed(this.start)} ${names.slice(0, 3).join(", ")}` +
          (names.length > 3 ? ` and ${names.length - 3} more` : ""),
      ),
    );
  }

  private clearLine(): void {
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[2K");
  }
}
