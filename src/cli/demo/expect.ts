import type { Changes } from "../../engine/changes.ts";
import { countChanges } from "../../engine/changes.ts";
import type { Drift } from "../../engine/drift.ts";
import { nameOf } from "../../engine/events.ts";
import { CliError } from "../../terminal/output.ts";
import type { Damage } from "./damage.ts";

/** @throws CliError when a run changed something that it should not have */
export function expectNoChanges(changes: Changes): void {
  const changed = changes.resources
    .filter((r) => r.op !== "same")
    .map((r) => `${r.op} ${nameOf(r.urn)} ${r.paths.join(", ")}`);
  if (countChanges(changes) > 0)
    throw new CliError(`a second run should change nothing, but it changed:\n  ${changed.join("\n  ")}`);
}

/** @throws CliError unless drift names exactly what was damaged */
export function expectDrift(found: Drift, damages: readonly Pick<Damage, "resource" | "path">[]): void {
  const seen = found.resources.flatMap((row) =>
    row.status === "same"
      ? []
      : row.status === "unknown"
        ? [`${row.name} unknown: ${row.reason}`]
        : row.changes.map((c) => `${row.name} ${c.path}`),
  );
  const wanted = damages.map((d) => `${d.resource} ${d.path}`);
  const extra = seen.filter((s) => !wanted.includes(s));
  const missing = wanted.filter((w) => !seen.includes(w));
  if (extra.length + missing.length > 0)
    throw new CliError(
      `drift should name exactly ${wanted.length} changes; not named: ${missing.join("; ") || "none"}; ` +
        `named besides: ${extra.join("; ") || "none"}`,
    );
}

/** @throws CliError unless a run mended exactly what was damaged */
export function expectHealed(changes: Changes, damages: readonly Pick<Damage, "resource" | "path">[]): void {
  const healed = changes.resources
    .filter((r) => r.op !== "same")
    .map((r) => nameOf(r.urn))
    .sort();
  const wanted = [...new Set(damages.map((d) => d.resource))].sort();
  if (healed.join() !== wanted.join())
    throw new CliError(`up should mend exactly ${wanted.join(", ")}; it changed ${healed.join(", ") || "nothing"}`);
}
