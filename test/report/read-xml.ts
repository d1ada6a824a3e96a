/**
 * A strict reader of the part of XML 1.0 that reports use: a declaration, elements, attributes, text, the five
 * entities.
 */

export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  /** All text directly inside. */
  text: string;
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
/** Characters of XML 1.0 (§2.2). */
const ILLEGAL = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** @throws Error where a document is not well-formed */
export function readXml(document: string): Element {
  const illegal = ILLEGAL.exec(document);
  if (illegal)
    throw new Error(`U+${illegal[0].codePointAt(0)!.toString(16)} at ${illegal.index} is no character of XML`);
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!document.startsWith(declaration)) throw new Error("no declaration");
  const top: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [top];
  for (const [token, closing, name, attributes] of tokensOf(document.slice(declaration.length))) {
    const current = open.at(-1)!;
    if (name === undefined) current.text += unescape(token);
    else if (closing) {
      if (current.name !== name) throw new Error(`</${name}> ends <${current.name}>`);
      open.pop();
    } else {
      const element = { name, attributes: attributesOf(attributes!), children: [], text: "" };
      current.children.push(element);
      open.push(element);
    }
  }
  if (open.length !== 1 || top.children.length !== 1 || top.text.trim() !== "")
    throw new Error("not one whole element");
  return top.children[0]!;
}

const TOKEN = /<(\/?)([A-Za-z][\w-]*)((?:\s+[A-Za-z][\w-]*="[^"<]*")*)>|[^<]+/y;

function* tokensOf(text: string): Generator<RegExpExecArray> {
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new Error(`no markup: ${text.slice(at, at + 60)}`);
    yield match;
  }
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, unescape(value!)] as const);
  if (new Set(pairs.map(([name]) => name)).size !== pairs.length) throw new Error(`an attribute twice: ${text}`);
  return Object.fromEntries(pairs);
}

const unescape = (text: string): string =>
  text.replace(/&([^;]{0,8};)?/g, (_whole, entity: string | undefined) => {
    const character = ENTITIES[entity?.slice(0, -1) ?? ""];
    if (character === undefined) throw new Error(`an & that is no entity in ${text.slice(0, 60)}`);
    return character;
  });
