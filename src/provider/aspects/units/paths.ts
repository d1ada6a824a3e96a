const UNITS = "/etc/systemd/system";
export const unitPath = (unit: string): string => `${UNITS}/${unit}`;
export const dropInFolder = (unit: string): string => `${UNITS}/${unit}.d`;
export const dropInPath = (unit: string, name: string): string =>
  name.startsWith("/") ? name : `${dropInFolder(unit)}/${name}.conf`;

/** "limits" for a drop-in in the unit's own folder; the path for one elsewhere that systemd reads. */
export function dropInName(unit: string, path: string): string {
  const folder = `${dropInFolder(unit)}/`;
  return path.startsWith(folder) ? path.slice(folder.length).replace(/\.conf$/, "") : path;
}

/** backup@.service: systemd knows nothing of a template but its files. */
export const isTemplate = (unit: string): boolean => /@\.[a-z]+$/.test(unit);

/** Where packages put a unit of that name. */
export const vendorPath = (unit: string): string => `/usr/lib/systemd/system/${unit}`;

/**
 * Whether somebody on this host has written what systemd reads there, and not a package or a generator: whoever boots
 * a machine in a container has it write one drop-in for all services.
 */
export const isByHand = (path: string): boolean =>
  /^\/(etc|run)\/systemd\//.test(path) &&
  !path.startsWith("/run/systemd/generator") &&
  path !== "/run/systemd/system/service.d/zzz-lxc-service.conf";
