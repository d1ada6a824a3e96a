/**
 * The colours of everything that is drawn, by name, light and dark. Text on paper has a contrast of at least 4.5 to 1,
 * lines and marks 3 to 1.
 */

const LIGHT = `
  --paper: #ffffff; --page: #f6f7f9; --frame: #f3f5f8; --ink: #17202b; --soft: #55616f; --line: #d5dbe3;
  --edge: #8a96a5; --blue: #1f5fa8; --teal: #0f766e; --green: #1a7a46; --amber: #9a5b00; --violet: #7a3fa8;
  --red: #b3261e; --wash: #eef1f5`;
const DARK = `
  --paper: #151b23; --page: #0d1218; --frame: #11171f; --ink: #e6ebf1; --soft: #a3afbd; --line: #2d3743;
  --edge: #6f7d8d; --blue: #7db3f0; --teal: #55c2b5; --green: #5fc98c; --amber: #e6b15c; --violet: #c79bf0;
  --red: #ff9a90; --wash: #1c242e`;

/** On paper everything is light. */
export const colours = `:root { color-scheme: light dark; ${LIGHT} }
@media screen and (prefers-color-scheme: dark) { :root { ${DARK} } }`;
