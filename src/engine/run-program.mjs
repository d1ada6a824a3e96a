// Stands before the SDK's own entry point, which the language host starts for a program, and halves the time until the
// program runs.
import { createRequire } from "node:module";

// A host from before options.typescript of Pulumi.yaml reached it asks for ts-node; Node runs TypeScript itself.
process.env.PULUMI_NODEJS_TYPESCRIPT = "false";

// The SDK loads these two for functions that are sent to a cloud as text. Such programs get them when they ask for the
// first time.
const require = createRequire(import.meta.resolve("@pulumi/pulumi"));
for (const name of ["@npmcli/arborist", "typescript"]) loadWhenUsed(require.resolve(name));

await import("@pulumi/pulumi/cmd/run/index.js");

function loadWhenUsed(path) {
  const load = () => {
    if (require.cache[path] === stand) delete require.cache[path];
    return require(path);
  };
  // As an ES module it is handed on as it is, not copied property by property.
  const exports = new Proxy({}, { get: (_, key) => (key === "__esModule" ? true : load()[key]) });
  const stand = { id: path, filename: path, loaded: true, exports, children: [], paths: [] };
  require.cache[path] = stand;
}
