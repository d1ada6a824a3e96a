const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** What a host prints for auditScript(). @param files by the name of their section, path → text */
export function answer(sections: Record<string, string>, files: Record<string, Record<string, string>> = {}): string {
  return [
    ...Object.entries(sections).map(([name, text]) => `#fleet:${name}\n${base64(text)}`),
    ...Object.entries(files).flatMap(([name, each]) =>
      Object.entries(each).map(([path, text]) => `#fleet:${name} ${base64(path)}\n${base64(text)}`),
    ),
    "#fleet:end\n",
  ].join("\n");
}
