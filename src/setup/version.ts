/** Major, minor, patch. */
export type Version = [major: number, minor: number, patch: number];

/**
 * The first version in a program's answer: "v3.255.0", "go version go1.26 linux/amd64". A missing patch is 0; none at
 * all is undefined.
 */
export function parseVersion(text: string): Version | undefined {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)] : undefined;
}

/** Whether a program of version `found` can do what `wanted` is pinned for: the same major version, and not older. */
export function fits(found: Version, wanted: Version): boolean {
  return found[0] === wanted[0] && !isOlder(found, wanted);
}

export function isOlder(a: Version, b: Version): boolean {
  const differing = a.findIndex((part, index) => part !== b[index]);
  return differing >= 0 && a[differing]! < b[differing]!;
}

export const showVersion = (version: Version): string => version.join(".");
