import { CALLED, type PartName } from "../../../src/audit/host/parts.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** What the commands of a part printed, and how they ended; undefined for a part that got no answer. */
type Said = string | [text: string, status: number] | undefined;

/**
 * What a host prints for auditScript(): parts that are not named are empty.
 * @param files by the name of their section, path → text
 */
export function answer(
  parts: Partial<Record<PartName, Said>>,
  files: Record<string, Record<string, string>> = {},
): string {
  const all = { ...Object.fromEntries(Object.keys(CALLED).map((name) => [name, ""])), ...parts };
  return [
    ...Object.entries(all).flatMap(([name, said]) => {
      if (said === undefined) return [];
      const [text, status] = typeof said === "string" ? [said, 0] : said;
      return [`#fleet:${name}\n${base64(`${text}\nended ${status}`)}`];
    }),
    ...Object.entries(files).flatMap(([name, each]) =>
      Object.entries(each).map(([path, text]) => `#fleet:${name}\n${base64(`${path}\0${text}\nended 0`)}`),
    ),
    "#fleet:end\n",
  ].join("\n");
}
