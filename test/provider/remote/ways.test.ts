import * as fs from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isRoot, madeHome, ok, removeFolder, SHELLS, write } from "./far-side.ts";

/** Below a folder of root's, and below one of an account's. */
describe.skipIf(!isRoot).each(SHELLS.flatMap((shell) => ["made", "home/made"].map((made) => [shell, made] as const)))(
  "with %s, folders made on the way to %s (needs root)",
  (shell, made) => {
    let base: string;
    beforeEach(() => void ({ base } = madeHome()));
    afterEach(() => removeFolder(base));
    const at = (path: string) => join(base, made, path);
    const run = (...lines: string[]) =>
      write(
        shell,
        base,
        lines.map((line) => line.replaceAll("AT", join(base, made))),
      );
    const stage = (path: string) => [`stage AT/${path} 0644 root root x`, "place"];
    const noted = () => {
      const ways = join(base, "work", "ways");
      return fs.existsSync(ways) ? fs.readFileSync(ways, "utf8") : "";
    };
    const left = () =>
      fs.existsSync(join(base, made)) ? (fs.readdirSync(join(base, made), { recursive: true }) as string[]).sort() : [];

    test.each<[string, string[], string[]]>([
      ["nothing was made: nothing is noted", ["mkdir -p AT/a", ...stage("a/x"), "drop AT/a/x"], ["a"]],
      ["what is dropped takes them with it", [...stage("a/b/x"), "drop AT/a/b/x"], []],
      ["and what was not there is not there again", ["keep 1 AT/a/b/x", ...stage("a/b/x"), "restore 1 AT/a/b/x"], []],
      ["not while something else lies in them", [...stage("a/b/x"), ...stage("a/y"), "drop AT/a/b/x"], ["a", "a/y"]],
      ["the last takes them", [...stage("a/b/x"), ...stage("a/y"), "drop AT/a/b/x", "drop AT/a/y"], []],
      [
        "one that is declared meanwhile stays",
        [...stage("a/b/x"), "folder AT/a/b 0755 root root", "drop AT/a/b/x"],
        ["a", "a/b"],
      ],
      ["on the way to a declared one too", ["folder AT/a/b 0700 root root", "drop_folder AT/a/b"], []],
      [
        "what was staged and took no place",
        ["keep 1 AT/a/x", `stage AT/a/x 0644 root root x`, "unstage", "restore 1 AT/a/x"],
        [],
      ],
    ])("%s", (_, lines, expected) => {
      expect(run(...lines)).toEqual(ok);
      expect(left()).toEqual(expected);
      if (expected.length === 0) expect([noted(), fs.existsSync(join(base, made))]).toEqual(["", false]);
    });

    test("one that somebody has put something into stays, and so does what is above it", () => {
      expect(run(...stage("a/b/x"))).toEqual(ok);
      fs.writeFileSync(at("a/b/of-somebody"), "");
      expect(run("drop AT/a/b/x")).toEqual(ok);
      expect(left()).toEqual(["a", "a/b", "a/b/of-somebody"]);
    });
  },
);
