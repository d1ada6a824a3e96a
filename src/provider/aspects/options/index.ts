import type { Aspect } from "../aspect.ts";
import { USUAL, type KeptFile } from "../files/kept.ts";
import { builtDataPaths, dataPath, dataText, MODULE, moduleText } from "./data.ts";
import { seenOnNixos } from "./found.ts";

/**
 * What NixOS makes from options and from the data of a service. Where the data of the next switch, of the next boot or
 * of the running system is another than declared, that counts, whatever else is right: it will be so, or was decided
 * there.
 */
export const options: Aspect = {
  files: (shape, { service }) => [
    ...[dataPath(service), ...builtDataPaths(service)].map((path): KeptFile => ({
      path,
      content: dataText(shape) ?? "",
      ...USUAL,
      kind: "data",
      built: "link",
    })),
    { path: MODULE, content: moduleText(), ...USUAL, kind: "data" },
  ],

  /** A module that is not ours goes, and the switch brings ours. */
  plan: (_, found) => (MODULE in found.files ? [{ do: "remove", path: MODULE, kind: "data" }] : []),

  read: (shape, _, { service, texts, found }) =>
    seenOnNixos(service, shape, found, (path, declared) => texts.at(path, declared)),
};
