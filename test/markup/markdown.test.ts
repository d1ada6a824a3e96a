import { describe, expect, test } from "vitest";
import { code, fenced, folded, htmlCode, indented } from "../../src/markup/markdown.ts";
import { hostile } from "../report/hostile.ts";
import { outsideOfCode } from "../report/read-markdown.ts";

test.each([
  ["a name", "nginx", "`nginx`"],
  ["nothing", "", "(empty)"],
  ["a backtick", "a`b", "``a`b``"],
  ["rows of backticks", "a`b``c", "```a`b``c```"],
  ["a backtick at its end", "a`", "`` a` ``"],
  ["blanks around it", " a ", "`  a  `"],
])("code holds %s", (_what, text, markdown) => expect(code(text)).toBe(markdown));

test("htmlCode writes markup as text", () =>
  expect(htmlCode(`<b a="1">&'`)).toBe("<code>&lt;b a=&quot;1&quot;&gt;&amp;&#39;</code>"));

describe.each(hostile)("%s stays inside of", (_name, text) => {
  test("inline code", () => expect(outsideOfCode(`a ${code(text)} b`)).toBe("a ▮ b"));
  test("HTML code", () =>
    expect(outsideOfCode(folded(htmlCode(text), "x"))).toBe("<details><summary>▮</summary>\n\nx\n\n</details>"));
  test("a block", () =>
    expect(
      outsideOfCode(
        `a\n${indented(
          fenced(
            text.split("\n").map((line) => `+${line}`),
            "diff",
          ),
        )}\nb`,
      ),
    ).toBe("a\n▮\nb"));
  test("a block of context lines, which begin with a blank", () =>
    expect(outsideOfCode(fenced(text.split("\n"), ""))).toBe("▮"));
});
