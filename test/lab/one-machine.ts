import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "vitest";
import { labDown, labUp } from "../../src/lab/lifecycle.ts";
import { labPaths } from "../../src/lab/paths.ts";
import { PartialFailure, type Properties } from "../../src/plugin/types.ts";
import { serviceResource } from "../../src/provider/service/index.ts";
import { OpenSsh } from "../../src/transport/openssh.ts";
import { Pool } from "../../src/transport/pool.ts";
import { Engine } from "../provider/engine.ts";
import { inputsOf } from "../provider/fixtures.ts";
import { quiet } from "./quiet.ts";

const run = promisify(execFile);

/** A lab of one machine, "one", and the provider's service resource on it. */
export class OneMachine extends Engine {
  readonly stack: string;
  readonly transport: OpenSsh;
  readonly resource: ReturnType<typeof serviceResource>;
  /** Round trips so far. */
  trips = 0;
  readonly pool: Pool;

  private constructor(stack: string) {
    super(() => this.resource);
    this.stack = stack;
    this.transport = new OpenSsh({ include: labPaths(stack).sshConfig });
    const pool = (this.pool = new Pool(this.transport));
    this.resource = serviceResource(
      {
        run: (...call) => (this.trips++, pool.run(...call)),
        ready: (...host) => pool.ready(...host),
        reconnect: (...host) => pool.reconnect(...host),
      },
      { confirmSeconds: 8 },
    );
  }

  static async boot(stack: string, packages: string[] = []): Promise<OneMachine> {
    await labDown(stack, { forget: true });
    await labUp(
      {
        stack,
        packages: { 13: packages },
        adoptedServers: [],
        zones: [],
        accountId: "0".repeat(32),
        staticHosts: [{ name: "one", authorizedKeys: [] }],
      },
      { progress: quiet },
    );
    return new OneMachine(stack);
  }

  async end(): Promise<void> {
    await this.pool.close();
    await labDown(this.stack, { forget: true });
  }

  /** What a command says there. */
  async ssh(command: string): Promise<string> {
    return (
      await run("ssh", ["-F", labPaths(this.stack).sshConfig, "-o", "BatchMode=yes", "one", command])
    ).stdout.trim();
  }

  service(name: string, bundle: object): Properties {
    return { ...inputsOf(bundle), host: "one", service: name, connection: {} };
  }

  /** Brings it up, and sees that nothing is left to be done: the second look finds no drift, the second run no change. */
  async settle(inputs: Properties): Promise<Properties> {
    const state = await this.create(inputs);
    expect((await this.drift(inputs, state)).paths).toEqual([]);
    const before = this.trips;
    await this.update(state, inputs);
    expect(this.trips).toBe(before + 1);
    return state;
  }
}

/** The failure of what has to fail once it has begun. */
export const failure = (promise: Promise<unknown>): Promise<PartialFailure> =>
  promise.then(
    () => {
      throw new Error("did not fail");
    },
    (error: unknown) => (expect(error).toBeInstanceOf(PartialFailure), error as PartialFailure),
  );
