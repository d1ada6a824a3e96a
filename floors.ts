/**
 * The plan of the house, from the roof down. A file imports from its own folder and from folders on floors below, never
 * from one beside it on the same floor and never upwards; no files import each other in a circle. Types count like
 * anything else. So whoever reads a folder needs to know only what is below it.
 *
 * After each folder stands what of the world its own files may touch. `npm test` holds all of it (test/floors), and
 * holds docs/architecture.md to it, which says what is in each folder.
 *
 * Something is needed from above? Move what both need down, into the folder that its meaning belongs to, or let the
 * caller hand it over as an argument.
 */
export const floors: readonly Floor[] = [
  {
    is: "the machines, as an owner writes them: nobody imports them, they are found by their names",
    rooms: { hosts: [] },
  },
  { is: "the rest of each fleet, as an owner writes it", rooms: { stacks: [] } },
  {
    is: "the programs that the Pulumi engine runs",
    rooms: { "stacks/main.ts": ["pulumi"], "src/bench/program.ts": ["pulumi"] },
  },
  {
    is: "a fleet declared to the engine: above the command, which would be slow to start if it loaded Pulumi's SDK",
    rooms: { "src/components": ["pulumi"] },
  },
  { is: "the fleet command", rooms: { "src/cli": ["files", "processes", "network"] } },
  { is: "what a forge runs", rooms: { "src/ci": ["files", "processes", "network"] } },
  {
    is: "programs for those who work on this project",
    rooms: { "src/bench": ["files", "processes"], "src/suite": ["processes"] },
  },
  { is: "what is done to a stack, for whichever program asks", rooms: { "src/deploy": ["files", "processes"] } },
  { is: "telling people who do not look", rooms: { "src/notify": ["files", "network"] } },
  { is: "telling those who look", rooms: { "src/report": [] } },
  {
    is: "a fleet compared with what else exists, and drawn",
    rooms: { "src/audit": ["files", "network"], "src/graph": [] },
  },
  {
    is: "fleets read from their files, what puts services on hosts, what looks from outside, and where to try it all",
    rooms: {
      "src/load": ["files"],
      "src/provider": ["files"],
      "src/probes": ["processes", "network"],
      "src/lab": ["files", "processes", "network"],
    },
  },
  {
    is: "a fleet held against itself, and what exists at the providers",
    rooms: { "src/rules": [], "src/clouds": ["files", "network"] },
  },
  { is: "what can run on a host", rooms: { services: ["files"] } },
  {
    is: "ways to write and to read",
    rooms: {
      "src/registry": ["files", "network"],
      "src/render": [],
      "src/markup": [],
      "src/tailnet": [],
      "src/terminal": ["terminal"],
      "src/touched": ["files", "processes"],
    },
  },
  {
    is: "the ground: words for a fleet, and a way to each of the things that are not ours",
    rooms: {
      "src/model": [],
      "src/engine": ["files", "processes", "network", "pulumi"],
      "src/plugin": ["network"],
      "src/transport": ["files", "processes"],
      "src/setup": ["files", "processes", "pulumi"],
    },
  },
];

export interface Floor {
  is: string;
  /** Folders, or a file that stands apart from its folder, each with what it touches. */
  rooms: Readonly<Record<string, readonly Touch[]>>;
}

/**
 * Files on this machine, other programs, the network, Pulumi's SDKs, the terminal. Whoever touches nothing reaches no
 * program, no network and no SDK through what it imports either.
 */
export type Touch = "files" | "processes" | "network" | "pulumi" | "terminal";
