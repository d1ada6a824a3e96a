import { expect, test } from "vitest";
import {
  archivesOfRelease,
  distributionSources,
  parseDeb822,
  parseOneLine,
} from "../../src/lab/machines/apt-sources.ts";

test.each([
  ["nothing", "", []],
  ["only comments and sources of source packages", "# deb http://a/ x main\ndeb-src http://a/ x main\n", []],
  [
    "a plain line",
    "deb http://m/debian bookworm main contrib\n",
    [{ uri: "http://m/debian", suite: "bookworm", components: ["main", "contrib"] }],
  ],
  [
    "options and a comment",
    "deb [arch=amd64 signed-by=/k.gpg] https://m/debian bookworm main # mine",
    [{ uri: "https://m/debian", suite: "bookworm", components: ["main"], signedBy: "/k.gpg" }],
  ],
  [
    "a flat archive has no components",
    "deb [trusted=yes] file:/srv/apt ./",
    [{ uri: "file:/srv/apt", suite: "./", components: [] }],
  ],
])("one-line format: %s", (_, text, sources) => {
  expect(parseOneLine(text)).toEqual(sources);
});

test.each([
  ["nothing", "", []],
  [
    "every suite of every archive",
    "Types: deb deb-src\nURIs: http://a http://b\nSuites: x x-updates\nComponents: main\n",
    [
      { uri: "http://a", suite: "x", components: ["main"] },
      { uri: "http://a", suite: "x-updates", components: ["main"] },
      { uri: "http://b", suite: "x", components: ["main"] },
      { uri: "http://b", suite: "x-updates", components: ["main"] },
    ],
  ],
  [
    "comments, continued lines and a keyring",
    "# Types: deb-src\nTypes: deb\n# old mirror\nURIs:\n http://a\nSuites: x\nComponents: main\n contrib\n" +
      "Signed-By: /k.gpg\n",
    [{ uri: "http://a", suite: "x", components: ["main", "contrib"], signedBy: "/k.gpg" }],
  ],
  [
    "a key inside the stanza is no path",
    "Types: deb\nURIs: http://a\nSuites: x\nComponents: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n",
    [{ uri: "http://a", suite: "x", components: ["main"] }],
  ],
  [
    "disabled and source-only stanzas",
    "Types: deb\nEnabled: no\nURIs: http://a\nSuites: x\n\nTypes: deb-src\nURIs: http://a\nSuites: x\n",
    [],
  ],
])("deb822 format: %s", (_, text, sources) => {
  expect(parseDeb822(text)).toEqual(sources);
});

test("third parties' archives and unstable suites are left out of the image", () => {
  const all = parseOneLine(`
    deb http://m/debian bookworm main
    deb http://m/debian-security bookworm-security main
    deb http://m/debian bookworm-backports main
    deb http://m/debian sid main
    deb http://vendor/apt bookworm stable
    deb http://vendor/apt nodistro main`);
  expect(distributionSources(all, "bookworm").map((s) => `${s.uri} ${s.suite}`)).toEqual([
    "http://m/debian bookworm",
    "http://m/debian-security bookworm-security",
  ]);
});

test("another release comes from the same archives", () => {
  const all = parseOneLine(`
    deb [signed-by=/k.gpg] http://m/debian bookworm main
    deb http://m/debian-security bookworm-security main
    deb http://vendor/apt bookworm stable`);
  expect(archivesOfRelease(all, "bookworm", "trixie")).toEqual([
    { uri: "http://m/debian", suite: "trixie", components: ["main"], signedBy: "/k.gpg" },
    { uri: "http://m/debian-security", suite: "trixie-security", components: ["main"] },
  ]);
});
