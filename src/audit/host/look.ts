import type { Os } from "../../model/platform.ts";
import type { Pool } from "../../transport/pool.ts";
import type { Connection } from "../../transport/types.ts";
import { baselineFor } from "../baseline.ts";
import type { Looked } from "../types.ts";
import type { DeclaredOnHost } from "./declared.ts";
import { findingsOn } from "./findings.ts";
import { hostLines } from "./lines.ts";
import { readHost } from "./read.ts";
import { auditScript } from "./script.ts";

export interface HostToLookAt {
  name: string;
  /** Of its file; undefined for one that only the last `up` knows. */
  os: Os | undefined;
  connection: Connection;
  declared: DeclaredOnHost;
  /** Its host file, from the repository's root. */
  file: string;
}

/** Longest time for one look, in seconds. */
const SECONDS = 60;

/** What is on a host and nobody declared: one connection, one script. What it does not answer is unknown. */
export async function lookAtHost(pool: Pool, { name, os, connection, declared, file }: HostToLookAt): Promise<Looked> {
  const unknown = (reason: string) => ({ place: name, host: name, reason });
  const nothing = (reason: string): Looked => ({ findings: [], unknown: [unknown(reason)] });
  if (os === "macos") return nothing("it runs macOS, and only Linux is looked at");
  try {
    const { stdout, stderr } = await pool.run(name, { ...connection, bootSeconds: 0 }, auditScript(), {
      timeoutSeconds: SECONDS,
    });
    const facts = readHost(stdout, stderr);
    return {
      findings: findingsOn(name, facts, declared, baselineFor(os, facts.systems), hostLines(file)),
      unknown: facts.unknown.map(unknown),
    };
  } catch (error) {
    return nothing((error as Error).message);
  }
}
