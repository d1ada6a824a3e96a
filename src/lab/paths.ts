import { join } from "node:path";
import { fleetDir, root } from "../setup/paths.ts";
import { labId } from "./machines/names.ts";

/** Where one stack's lab keeps what it keeps. */
export interface LabPaths {
  /** What its things in the kernel are called by. */
  id: string;
  folder: string;
  spec: string;
  settings: string;
  store: string;
  /** What the tailnet keeps, where the fleet has one. */
  tailnet: string;
  log: string;
  machines: string;
  /** What machines see as their package repository: a folder for each release. */
  packages: string;
  /** Of the authority that gives certificates in the lab. */
  authority: string;
  /** Of the edge. */
  edge: string;
  /** All roots that it ever signed with, in PEM. */
  roots: string;
  /** The key that the lab's user logs in with. */
  key: string;
  sshConfig: string;
  /** The same for the program and the provider, which know a fleet's mesh themselves. */
  programSshConfig: string;
  knownHosts: string;
  /** Not in the folder: a socket's path has room for some 100 characters only. */
  socket: string;
  lock: string;
}

export function labPaths(stack: string): LabPaths {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(stack))
    throw new Error(`${JSON.stringify(stack)} can't be a stack: use letters, digits, "-" and "_"`);
  const id = labId(root, stack);
  const folder = join(fleetDir, "lab", stack);
  const inFolder = (name: string) => join(folder, name);
  return {
    id,
    folder,
    spec: inFolder("spec.json"),
    settings: inFolder("lab.json"),
    store: inFolder("clouds.sqlite"),
    tailnet: inFolder("tailnet.json"),
    log: inFolder("daemon.log"),
    machines: inFolder("machines"),
    packages: inFolder("packages"),
    authority: inFolder("authority"),
    edge: inFolder("edge"),
    roots: inFolder("roots.pem"),
    key: inFolder("id_ed25519"),
    sshConfig: inFolder("ssh_config"),
    programSshConfig: inFolder("ssh_config.program"),
    knownHosts: inFolder("known_hosts"),
    socket: `/run/${id}.sock`,
    lock: join(fleetDir, "lab", `${stack}.lock`),
  };
}
