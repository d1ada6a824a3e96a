import { readdir, statfs } from "node:fs/promises";
import { labBlocker, missingPackages } from "./debian.ts";
import { findOnPath } from "./find-on-path.ts";
import { fetchedGo, findGo } from "./go.ts";
import { officialBlocker } from "./official.ts";
import { cacheDir, root } from "./paths.ts";
import type { Tool } from "./tool.ts";
import { findToolchain } from "./toolchain.ts";

/** What the doctor looks at. Texts are for people; undefined means that it is not there. */
export interface Facts {
  node: string;
  pulumi?: Tool;
  hcloud?: Tool;
  /** Why Pulumi's own downloads can't be had; undefined when they can. Only looked up when a tool is missing. */
  downloadBlocker?: string;
  /** The Go on PATH or in the cache. */
  go?: string;
  /** The Go that set-up would fetch on this machine. */
  fetchableGo?: string;
  ssh?: string;
  /** Why this machine can't run the lab. */
  labBlocker?: string;
  /** Debian packages that the lab needs and that are not installed. */
  missingPackages: string[];
  /** A machine image is in the cache. */
  image: boolean;
  freeGigabytes: number;
}

/** Looks at this machine and changes nothing. */
export async function gatherFacts(): Promise<Facts> {
  const [toolchain, go, ssh, blocker, disk, cached] = await Promise.all([
    findToolchain(), findGo(), findOnPath("ssh"), labBlocker(), statfs(root), readdir(cacheDir).catch(() => []),
  ]);
  const toolsMissing = !toolchain.pulumi || !toolchain.hcloud;
  return {
    node: process.versions.node,
    ...toolchain,
    downloadBlocker: toolsMissing ? await officialBlocker() : undefined,
    go: go && `${go.version} (${go.path})`,
    fetchableGo: fetchedGo(),
    ssh,
    labBlocker: blocker,
    missingPackages: blocker ? [] : await missingPackages(),
    image: cached.some((name) => name.startsWith("image-")),
    freeGigabytes: (disk.bavail * disk.bsize) / 1e9,
  };
}
