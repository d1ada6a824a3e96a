/** A property path as the engine writes it: files["/etc/x"].mode. */
export const propertyPath = (keys: readonly PropertyKey[]): string =>
  keys.reduce<string>((path, key) => joinPath(path, key), "");

export function joinPath(path: string, key: PropertyKey): string {
  if (typeof key === "number") return `${path}[${key}]`;
  const name = String(key);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

/** Whether `path` is `prefix` or lies inside it. */
export const isWithin = (path: string, prefix: string): boolean =>
  path === prefix || (path.startsWith(prefix) && /^[.[]/.test(path.slice(prefix.length)));
