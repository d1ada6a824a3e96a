/** What of a bundle is held against each other. */
interface Parts {
  users: Readonly<Record<string, { groups: readonly string[] }>>;
  units: Readonly<Record<string, { text?: unknown; dropIns: object; enabled: boolean; active: boolean }>>;
  directories: object;
  files: object;
  artifacts: object;
  cron: object;
}

/** What cannot be as it is declared beside the rest of its bundle. */
interface Clash {
  field: PropertyKey[];
  message: string;
}

/** What of a bundle excludes itself. */
export const clashesIn = (bundle: Parts): Clash[] => [
  ...templatesThatRun(bundle),
  ...groupsTooOften(bundle),
  ...excludingPlaces(placesOf(bundle)).map(([first, second]) => ({
    field: second.field,
    message:
      first.path === second.path
        ? `is declared as ${first.what} as well: leave it to one of them`
        : `lies in ${first.path}, which is declared as ${first.what}: put one of them elsewhere`,
  })),
];

const templatesThatRun = ({ units }: Parts): Clash[] =>
  Object.entries(units)
    .filter(([name, { enabled, active }]) => name.includes("@.") && (enabled || active))
    .map(([name]) => ({
      field: ["units", name],
      message:
        "is a template, which does not run itself: declare enabled: false and active: false, and an instance such as " +
        `"${name.replace("@.", "@one.")}"`,
    }));

const groupsTooOften = ({ users }: Parts): Clash[] =>
  Object.entries(users).flatMap(([name, { groups }]) =>
    [...new Set(groups)].flatMap((group) => {
      const message =
        group === name
          ? `names ${group}, which the user has as its own group: leave it out`
          : `names ${group} more than once: name it once`;
      return group === name || groups.indexOf(group) !== groups.lastIndexOf(group)
        ? [{ field: ["users", name, "groups"], message }]
        : [];
    }),
  );

/** Where a bundle puts something, and as what. */
export interface Place {
  field: [section: string, ...PropertyKey[]];
  what: "a file" | "an artifact" | "a directory" | "a unit" | "a drop-in" | "a cron entry";
  path: string;
}

export function placesOf({ files, artifacts, directories, units, cron }: Parts): Place[] {
  const at = (section: string, what: Place["what"], map: object): Place[] =>
    Object.keys(map).map((path) => ({ field: [section, path], what, path }));
  return [
    ...at("directories", "a directory", directories),
    ...at("artifacts", "an artifact", artifacts),
    ...Object.entries(units).flatMap(([name, { text, dropIns }]): Place[] => {
      const path = `/etc/systemd/system/${name}`;
      return [
        ...(text === undefined ? [] : [{ field: ["units", name], what: "a unit", path } satisfies Place]),
        ...Object.keys(dropIns).map((dropIn): Place => {
          const field: Place["field"] = ["units", name, "dropIns", dropIn];
          return { field, what: "a drop-in", path: `${path}.d/${dropIn}.conf` };
        }),
      ];
    }),
    ...Object.keys(cron).map((name): Place => ({
      field: ["cron", name],
      what: "a cron entry",
      path: `/etc/cron.d/${name}`,
    })),
    ...at("files", "a file", files),
  ];
}

/** Pairs of which only one can be there: different things at one path, or something below what is no directory. */
export function excludingPlaces<P extends Place>(places: readonly P[]): [P, P][] {
  const byPath = Map.groupBy(places, ({ path }) => path);
  return places.flatMap((place): [P, P][] => {
    const alike = byPath.get(place.path)!;
    const here = alike.slice(0, alike.indexOf(place)).filter(({ field }) => field[0] !== place.field[0]);
    const above = foldersOf(place.path).flatMap((folder) => byPath.get(folder) ?? []);
    return [...here, ...above.filter(({ what }) => what !== "a directory")].map((other) => [other, place]);
  });
}

/** "/a/b/c" → /a, /a/b. */
const foldersOf = (path: string): string[] => {
  const parts = path.split("/");
  return parts.slice(2).map((_, i) => parts.slice(0, i + 2).join("/"));
};
