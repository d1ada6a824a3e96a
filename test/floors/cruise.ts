import { cruise, type ICruiseResult, type IForbiddenRuleType } from "dependency-cruiser";

/**
 * Reads the imports of folders, those of types too, and holds them to rules.
 * @returns a line for each breach: the files and the remedy
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
  return (output as ICruiseResult).summary.violations
    .map(({ from, to, rule, cycle, via }) => {
      const way = (cycle ?? via)?.map(({ name }) => name) ?? [to];
      return `${[from, ...way].join(" → ")}: ${remedies.get(rule.name)}`;
    })
    .sort();
}
