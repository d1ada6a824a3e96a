import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "vitest";
import { labDown, labUp } from "../../src/lab/lifecycle.ts";
import { labPaths } from "../../src/lab/paths.ts";
import { PartialFailure, type Properties } from "../../src/plugin/types.ts";
import { serviceResource } from "../../src/provider/service/index.ts";
import { OpenSsh } from "../../src/transport/openssh.ts";
import { Pool } from "../../src/transport/pool.ts";
import { inputsOf } from "../provider/fixtures.ts";
import { quiet } from "./quiet.ts";

const run = promisify(execFile);
const urn = (inputs: Properties) => `urn:pulumi:t::fleet::fleet:host:Service::${inputs.service as string}`;

/** A lab of one machine, "one", and the provider's service resource on it. */
export class OneMachine {
  readonly stack: string;
  readonly transport: OpenSsh;
  readonly resource: ReturnType<typeof serviceResource>;
  /** Round trips so far. */
  trips = 0;
  private readonly pool: Pool;

  private constructor(stack: string) {
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

  async create(inputs: Properties): Promise<Properties> {
    return (await this.resource.create({ urn: urn(inputs), inputs, preview: false, timeoutSeconds: 0 })).state;
  }

  async update(olds: Properties, news: Properties): Promise<Properties> {
    const request = { urn: urn(news), id: "", olds, oldInputs: olds, news };
    return (await this.resource.update({ ...request, preview: false, timeoutSeconds: 0, ignoreChanges: [] })).state;
  }

  async remove(state: Properties): Promise<void> {
    await this.resource.delete({ urn: urn(state), id: "", state, timeoutSeconds: 0 });
  }

  async drift(inputs: Properties, state: Properties): Promise<{ found: Properties; paths: string[] }> {
    const { state: found } = (await this.resource.read({
      urn: urn(inputs),
      id: `one/${inputs.service as string}`,
      inputs,
      state,
    }))!;
    const { detailed } = await this.resource.diff({
      urn: urn(inputs),
      id: "",
      olds: found,
      oldInputs: found,
      news: inputs,
      ignoreChanges: [],
    });
    return { found, paths: Object.keys(detailed).sort() };
  }

  /** Brings it up, and sees that nothing is left to be done: the second look finds no drift, the second run no change. */
  async settle(inputs: Properties): Promise<Properties> {
    const state = await this.create(inputs);
    expect((await this.drift(inputs, state)).paths).toEqual([]);
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
