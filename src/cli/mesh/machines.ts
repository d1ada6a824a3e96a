import { setTimeout as sleep } from "node:timers/promises";
import { PEERS } from "../../../services/wireguard/script.ts";
import { makeKeyScript, parseKeys, readKeysScript, type PublicKeys } from "../../provider/mesh/key-script.ts";
import { outcomeScript, switchScript } from "../../provider/mesh/switch-script.ts";
import { folderLine, LOOK_LOCK } from "../../provider/remote/lock.ts";
import { settledPart } from "../../provider/systems/names.ts";
import type { Pool } from "../../transport/pool.ts";
import { UnreachableError, type Connection } from "../../transport/types.ts";
import { CliError } from "../../terminal/output.ts";
import { readPeers, type Listed } from "./rotation.ts";

const LOOK_SECONDS = 30;
/** Longer than an unconfirmed change waits before it is undone. */
const SETTLE_SECONDS = 180;
const MAKE_SECONDS = 600;
/** Longer than a host takes to switch and to go back. */
const SWITCH_SECONDS = 120;
/** How long a host may be out of sight in the middle of a switch. */
const LOST_SECONDS = 60;

/**
 * The hosts of a mesh, as its keys are changed on them. All methods fail with UnreachableError when a host does not
 * answer.
 */
export class MeshMachines {
  private readonly pool: Pool;
  private readonly connections: ReadonlyMap<string, Connection>;

  constructor(pool: Pool, connections: ReadonlyMap<string, Connection>) {
    this.pool = pool;
    this.connections = connections;
  }

  async keys(host: string): Promise<PublicKeys> {
    return keysOf(host, (await this.run(host, readKeysScript(), LOOK_SECONDS)).stdout);
  }

  /**
   * What a host has listed of its peers, once a change of it that somebody was interrupted in has settled: the host may
   * undo that.
   */
  async peers(host: string): Promise<Map<string, Listed>> {
    const script = [folderLine(), LOOK_LOCK, settledPart("rotation"), `cat ${PEERS}`].join("\n");
    return readPeers((await this.run(host, script, SETTLE_SECONDS)).stdout);
  }

  /** Makes the next key of a host, unless it has one. */
  async makeNextKey(host: string): Promise<void> {
    const { exitCode, stderr } = await this.run(host, makeKeyScript("next"), MAKE_SECONDS);
    if (exitCode !== 0) throw new Error(`${host}: no next key could be made: ${stderr.trim()}`);
  }

  /**
   * Has a host switch to its next key, and waits until it has or has gone back. The way to it may lead through the
   * tunnel that this concerns.
   * @throws Error with the host's own words when it went back
   */
  async switchKey(host: string): Promise<void> {
    const { stdout, stderr } = await this.run(host, switchScript(), SWITCH_SECONDS).catch((error: unknown) =>
      this.outcome(host, error),
    );
    if (keysOf(host, stdout).nextPublicKey !== "")
      throw new Error(`${host}: ${stderr.trim() || "it did not switch to its next key, and does not say why"}`);
  }

  private async outcome(host: string, error: unknown): Promise<{ stdout: string; stderr: string }> {
    const deadline = Date.now() + LOST_SECONDS * 1000;
    for (;;) {
      if (!(error instanceof UnreachableError) || Date.now() > deadline) throw error;
      await sleep(1000);
      await this.pool.reconnect(host, this.connectionOf(host));
      const found = await this.run(host, outcomeScript, SWITCH_SECONDS).catch((e: unknown) => void (error = e));
      if (found) return found;
    }
  }

  private run(host: string, script: string, timeoutSeconds: number) {
    return this.pool.run(host, this.connectionOf(host), script, { timeoutSeconds });
  }

  /** A machine of a mesh was reached before: nobody waits for it to boot. */
  private connectionOf(host: string): Connection {
    const connection = this.connections.get(host);
    if (!connection) throw new CliError(`${host} is not in the stack's state yet: run up first`);
    return { ...connection, bootSeconds: 0 };
  }
}

function keysOf(host: string, output: string): PublicKeys {
  const keys = parseKeys(output);
  if (!keys) throw new CliError(`${host} has no key in the mesh yet: run up first`);
  return keys;
}
