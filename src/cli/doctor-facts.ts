import { statfs } from "node:fs/promises";
import { findImage } from "../lab/machines/image.ts";
import { DEFAULT_RELEASE } from "../model/platform.ts";
import { labBlocker, missingPackages } from "../setup/debian.ts";
import { findOnPath } from "../setup/find-on-path.ts";
import { canFetchGo, findGo } from "../setup/go.ts";
import { cacheDir, root } from "../setup/paths.ts";
import type { Tool } from "../setup/tool.ts";
import { findToolchain } from "../setup/toolchain.ts";

/** What the doctor looks at. Texts are for people; undefined means that it is not there. */
export interface Facts {
  node: string;
  pulumi?: Tool;
  hcloud?: Tool;
  /** The Go on PATH or in the cache. */
  go?: string;
  /** Set-up can fetch a Go. */
  goFetchable: boolean;
  ssh?: string;
  /** Why this machine can't run the lab. */
  labBlocker?: string;
  /** Debian packages that the lab needs and that are not installed. */
  missingPackages: string[];
  /** The image of today's recipe is in the cache. */
  image: boolean;
  freeGigabytes: number;
}

/** Looks at this machine and changes nothing. */
export async function gatherFacts(): Promise<Facts> {
  const [toolchain, go, goFetchable, ssh, blocker, disk] = await Promise.all([
    findToolchain(),
    findGo(),
    canFetchGo(),
    findOnPath("ssh"),
    labBlocker(),
    statfs(root),
  ]);
  return {
    node: process.versions.node,
    ...toolchain,
    go: go && `${go.version} (${go.path})`,
    goFetchable,
    ssh,
    labBlocker: blocker,
    missingPackages: blocker ? [] : await missingPackages(),
    image: !blocker && (await findImage(cacheDir, DEFAULT_RELEASE)) !== undefined,
    freeGigabytes: (disk.bavail * disk.bsize) / 1e9,
  };
}
