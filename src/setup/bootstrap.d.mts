/**
 * Sees to the Node modules, then runs a TypeScript file of this repository under the Node that package.json pins, as if
 * it had been called: same terminal, signals and exit code; `node_modules/.bin` and `.fleet/bin` first on PATH.
 * `prepare` is `ensureModules` unless given.
 */
export function runUnderPinnedNode(
  script: string,
  args: string[],
  prepare?: (folder: string) => Promise<void>,
): Promise<void>;

/**
 * Makes node_modules in `folder` match package-lock.json. `install` is what fills it: `npm ci` unless given, which runs
 * no script of a package. @throws Error with npm's output.
 */
export function ensureModules(folder: string, install?: (folder: string) => Promise<void>): Promise<void>;

/** Installs nothing. @throws Error when node_modules in `folder` is not as ensureModules would leave it. */
export function requireModules(folder: string): Promise<void>;

/** @throws Error when this version of Node can't even start the bootstrap. */
export function requireNode(version: string, platform?: NodeJS.Platform): void;
