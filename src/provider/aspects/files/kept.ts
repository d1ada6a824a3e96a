import type { PathItem } from "./question.ts";
import { Secret } from "../../../plugin/types.ts";
import { quote } from "../../remote/sh.ts";
import { plainOf, type Attributes, type Content } from "../shape.ts";

/**
 * A file that a service keeps, whichever part of its bundle says so: as a file, a unit, a drop-in, a cron entry or
 * kernel settings.
 */
export interface KeptFile extends Attributes {
  path: string;
  content: Content;
  kind: "file" | "unit" | "dropIn" | "cron" | "kernel" | "data";
  /** The unit of a unit file or drop-in. */
  unit?: string;
  /** On NixOS, what nixos-rebuild puts there: a copy, or a link to what it has made. */
  built?: "copy" | "link";
}

/** Whether it is part of a unit: one that lies beside the declared ones was there before the service. */
export const isOfUnit = ({ kind }: Pick<KeptFile, "kind">): boolean => kind === "unit" || kind === "dropIn";

export const USUAL = { mode: "0644", owner: "root", group: "root" } as const;

export const attributesText = ({ mode, owner, group, extra }: Attributes): string =>
  [mode, `${owner}:${group}`, ...(extra === undefined ? [] : [extra])].join(" ");

/** Whether what mode and owner don't show goes only with the file itself: an ACL, capabilities, other names. */
export const mustBeNew = (extra: string | undefined): boolean =>
  extra !== undefined && !/^(immutable|append-only)$/.test(extra);

const USUAL_TEXT = attributesText(USUAL);

/** "0666 root:root" of a file that should be 0644 root:root; undefined when it is. */
export const unusual = (attributes: Attributes): string | undefined => {
  const text = attributesText(attributes);
  return text === USUAL_TEXT ? undefined : text;
};

/** Attributes from what unusual() says. */
export function attributesOf(text: string | undefined): Attributes {
  if (text === undefined) return USUAL;
  const [mode = "", accounts = "", ...extra] = text.split(" ");
  const [owner = "", group = ""] = accounts.split(":");
  return { mode, owner, group, ...(extra.length > 0 && { extra: extra.join(" ") }) };
}

export const askedPath = ({ path, content, built }: KeptFile): PathItem => ({
  path,
  as: content instanceof Secret ? "hash" : "text",
  ...(built === "link" && { follow: true as const }),
  ...(!(content instanceof Secret) && { expected: plainOf(content) }),
});

export const quotePaths = (files: readonly { path: string }[]): string =>
  files.map(({ path }) => quote(path)).join(" ");
