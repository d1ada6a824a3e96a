import { spawn } from "node:child_process";
import { openSession } from "./session.ts";
import type { Session, Transport } from "./types.ts";

/** Runs scripts on this machine, through the same runner as over ssh. */
export class Local implements Transport {
  open(host: string): Promise<Session> {
    return openSession(host, (program) => spawn("sh", ["-c", program], { detached: true }), 10);
  }
}
