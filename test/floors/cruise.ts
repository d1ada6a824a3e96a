import { cruise, type ICruiseResult, type IForbiddenRuleType } from "dependency-cruiser";

/**
 * Reads the imports of folders, those of types too, and holds them to rules.
 * @returns a line for each breach: the files and the remedy. What leads over several files is told when no single
 * import is wrong, for most of it goes with that; and where it begins, not for each file that leads there
 */
export async function breaches(folder: string, parts: string[], forbidden: IForbiddenRuleType[]): Promise<string[]> {
  const { output } = await cruise(parts, {
    baseDir: folder,
    validate: true,
    ruleSet: { forbidden },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "^node_modules/" },
  });
  const remedies = new Map(forbidden.map(({ name, comment }) => [name, comment]));
  const found = (output as ICruiseResult).summary.violations.map(({ type, from, to, rule, cycle, via }) => {
    const way = (cycle ?? via)?.map(({ name }) => name) ?? [to];
    return { type, from, next: way[0], line: `${[from, ...way].join(" → ")}: ${remedies.get(rule.name)}` };
  });
  const single = found.filter(({ type }) => type === "dependency");
  const reaching = new Set(found.filter(({ type }) => type === "reachability").map(({ from }) => from));
  const over = found.filter(({ type, next }) => type === "cycle" || !reaching.has(next!));
  return (single.length > 0 ? single : over).map(({ line }) => line).sort();
}
