import { posix } from "node:path";
import ts from "typescript";

/** What a module of this repository needs. */
export interface Imports {
  /** Paths from the repository's root, whether there is a file or not. */
  paths: string[];
  /** It imports something whose name only a run would tell. */
  isOpen: boolean;
}

/**
 * Reads the imports of a module out of its text: also of types, and those inside of functions. Packages are left out.
 * @param path from the repository's root
 */
export function importsOf(path: string, text: string): Imports {
  const names: string[] = [];
  let isOpen = false;
  const visit = (node: ts.Node): void => {
    const name = specifierOf(node);
    if (name && ts.isStringLiteralLike(name)) names.push(name.text);
    else if (name) isOpen = true;
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return {
    paths: names.filter((name) => name.startsWith(".")).map((name) => posix.join(posix.dirname(path), name)),
    isOpen,
  };
}

/** What stands for the imported module in a node that imports one. */
function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument;
  if (!ts.isCallExpression(node)) return undefined;
  const isImport =
    node.expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(node.expression) && node.expression.text === "require");
  return isImport ? node.arguments[0] : undefined;
}
