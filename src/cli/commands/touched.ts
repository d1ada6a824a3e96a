import { ROOT } from "../../load/fleet.ts";
import { oneLine } from "../../markup/visible.ts";
import { changedFiles, readModules } from "../../touched/changed-files.ts";
import { touchedStacks } from "../../touched/touched.ts";
import { out, outStyle } from "../../terminal/output.ts";

/** Names the stacks that the changes since a branch can alter. */
export async function touched({ base, json }: { base: string; json?: boolean }): Promise<void> {
  const [changed, modules] = await Promise.all([changedFiles(ROOT, base), readModules(ROOT)]);
  const stacks = touchedStacks(changed, modules);
  if (json) return out(JSON.stringify({ base, stacks }));
  for (const { stack, because } of stacks)
    out(
      `${outStyle("bold", stack)}  ${because
        .slice(0, 3)
        .map((path) => oneLine(path))
        .join(", ")}${because.length > 3 ? ` and ${because.length - 3} more` : ""}`,
    );
  if (stacks.length === 0) out("no stack is touched");
}
