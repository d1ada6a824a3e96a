/**
 * Names that the system would take for something else, or that are a second spelling of one thing: what is wrong, and
 * what to write instead; undefined when nothing is.
 */
type Problem = (name: string) => string | undefined;

export const pathProblem: Problem = (path) => {
  if (!path.startsWith("/")) return "must be an absolute path";
  if (/[\0\n\r]/.test(path)) return "must be a plain path, without line feeds";
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) return "must be a plain path, without /../: write where it leads";
  const plain = `/${parts.join("/")}`;
  if (plain === "/") return "must be an absolute path below /";
  return plain === path ? undefined : `must be a plain path: write ${plain}`;
};

/** Names that really end with one +, in Debian 12 and 13; those with ++ are more, such as g++. */
const WITH_PLUS = /\+\+$|^(memtest86|ncbi-blast|impose|wmweather|elpa-[a-z-]+)\+$/;

export const packageProblem: Problem = (name) => {
  const [, plain, more] = /^([A-Za-z0-9][A-Za-z0-9+._-]*)(?:([:=/]).*)?$/s.exec(name) ?? [];
  if (plain === undefined) return "must be a package name";
  if (more === ":") return `must be a name without architecture, the host's own is meant: write ${plain}`;
  if (more !== undefined) return `must be a name without version or release, the host's own is meant: write ${plain}`;
  if (name.endsWith("-")) return `must not end with -, which apt takes for a removal: write ${name.replace(/-+$/, "")}`;
  if (name.endsWith(".")) return `must not end with a dot, which apt takes for a pattern: write ${name.slice(0, -1)}`;
  if (name.endsWith("+") && !WITH_PLUS.test(name))
    return `must not end with +, which apt takes for an order to install: write ${name.slice(0, -1)}`;
  return undefined;
};

/** With dots; with slashes where a part has a dot of its own, as the interface eth0.100 has. */
export const kernelSettingProblem: Problem = (name) => {
  if (name.includes("*")) return "must name one kernel setting: write each out instead of *";
  const parts = /^[^./]*\//.test(name) ? name.split("/") : name.split(".").map((part) => part.replaceAll("/", "."));
  if (!/^[a-z0-9_./-]+$/.test(name) || parts.some((part) => !/^[^.-]/.test(part)))
    return 'must be a kernel setting, such as "net.ipv4.ip_forward"';
  const plain = parts.join(parts.some((part) => part.includes(".")) ? "/" : ".");
  return plain === name ? undefined : `has another spelling, and one thing has one name: write ${plain}`;
};

export const cronNameProblem: Problem = (name) =>
  /^[A-Za-z0-9_-]+$/.test(name)
    ? undefined
    : `must be letters, digits, - and _ (cron ignores files with dots): write ${name.replace(/[^A-Za-z0-9_-]+/g, "-")}`;

/** A kernel setting's value as it is compared: the kernel prints tabs where people write spaces. */
export const kernelValue = (text: string): string => text.trim().replace(/\s+/g, " ");
