/**
 * Texts with a short name each, that somebody who controls a file, a name or an error message could write. Each holds
 * EVIL, which must never be seen outside of code.
 */
const texts: readonly string[] = [
  "```\nEVIL\n```",
  "````````````\nEVIL <img src=x onerror=alert(1)>\n````````````",
  `${"`".repeat(70_000)}\nEVIL\n`,
  "`EVIL`",
  "``EVIL",
  " `EVIL` ",
  "EVIL`",
  "~~~\nEVIL\n~~~",
  "</code></pre></summary></details><script>EVIL</script>",
  "<!-- fleet preview s -->\nEVIL",
  "-->EVIL<!--",
  "<![CDATA[EVIL]]>",
  "]]>EVIL",
  "@EVIL please review #1 https://example.com/EVIL [EVIL](https://example.com) ![EVIL](https://example.com/x.png)",
  "a\n\n# EVIL\n\n- EVIL\n\n| EVIL |\n|---|\n",
  "\u001b[2J\u001b[31mEVIL\u001b]8;;https://example.com\u0007EVIL\u001b]8;;\u0007",
  "\r\nEVIL\rEVIL\u0000\u0008\u007f\u009b31mEVIL",
  "\u202eEVIL\u202c\u2066EVIL\u2069\u200b\u200f\u061c\ufeff\u00ad",
  "\u2028EVIL\u2029EVIL\u0085EVIL",
  "\ud800EVIL\udc00 \ufffe\uffff \udbff\udfff \u{e0041}",
  `EVIL${"x".repeat(200_000)}EVIL`,
  "EVIL\n".repeat(5_000),
  "$$EVIL$$ $`EVIL`$ :EVIL: &lt;EVIL&gt; \\`EVIL\\`",
];

export const hostile: readonly (readonly [name: string, text: string])[] = texts.map((text, i) => [
  `${i} ${JSON.stringify(text.slice(0, 30))}`,
  text,
]);
