import type { EC2Client, Instance } from "@aws-sdk/client-ec2";
import type { Machines, MachineSpec } from "../../types.ts";
import type { Collection } from "../store.ts";
import { describeRegion, firstBootOf, isTerminated, type Ec2 } from "./describe.ts";

/** What an instance was last seen to be. */
interface Seen {
  running: boolean;
  /** Its public address. */
  address: string | undefined;
}

/** Real machines that follow the instances: run, stop, vanish with them, and carry their public addresses. */
export class InstanceMachines {
  readonly #machines: Machines;
  /** Instance id → its machine's name. */
  readonly #names: Collection<{ id: string; name: string }>;
  readonly #ec2: Ec2;
  readonly #seen = new Map<string, Seen>();
  /** Machine name → the end of what is to be done with it. */
  readonly #work = new Map<string, Promise<void>>();

  constructor(options: { machines: Machines; names: Collection<{ id: string; name: string }>; ec2: Ec2 }) {
    this.#machines = options.machines;
    this.#names = options.names;
    this.#ec2 = options.ec2;
  }

  /**
   * Looks at a region's instances and begins what their machines have to do for it.
   * @returns what is being done, in the background
   */
  async sync(region: string): Promise<Promise<void>[]> {
    const { client, instances, addresses } = await describeRegion(this.#ec2, region);
    const work: Promise<void>[] = [];
    for (const instance of instances)
      work.push(...(await this.#follow(client, instance, addresses.get(instance.InstanceId!))));
    return work;
  }

  /** Returns when nothing is left to be done. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#work.values());
  }

  async #follow(client: EC2Client, instance: Instance, elastic: string | undefined): Promise<Promise<void>[]> {
    const id = instance.InstanceId!;
    if (isTerminated(instance)) return this.#end(id);
    const name = this.#names.get(id)?.name ?? this.#names.put(id, { id, name: this.#newName(instance) }).name;
    const running = instance.State?.Name !== "stopped";
    const address = elastic ?? instance.PublicIpAddress;
    const before = this.#seen.get(id);
    this.#seen.set(id, { running, address });

    const work: Promise<void>[] = [];
    const begin = (step: () => Promise<unknown>) => void work.push(this.#afterwards(name, step));
    if (!before) {
      const spec: MachineSpec = {
        name,
        ...(await firstBootOf(this.#ec2, client, instance)),
        ...(address !== undefined && { publicAddress: address }),
      };
      begin(() => this.#machines.create(spec));
    }
    if (before?.address !== address) begin(() => this.#machines.setPublicAddress(name, address));
    if (before?.running !== running) begin(() => (running ? this.#machines.start(name) : this.#machines.stop(name)));
    return work;
  }

  #end(id: string): Promise<void>[] {
    const name = this.#names.get(id)?.name;
    if (name === undefined) return [];
    const removed = this.#afterwards(name, () => this.#machines.remove(name));
    this.#names.delete(id);
    this.#seen.delete(id);
    return [removed];
  }

  /** The tag `host`, unless another instance goes by it. */
  #newName({ InstanceId: id = "", Tags = [] }: Instance): string {
    const tag = (key: string) => Tags.find(({ Key }) => Key === key)?.Value;
    const name = tag("host") ?? tag("Name") ?? id;
    return this.#names.list().some((taken) => taken.name === name) ? `${name}-${id.slice(-6)}` : name;
  }

  #afterwards(name: string, step: () => Promise<unknown>): Promise<void> {
    const done = (this.#work.get(name) ?? Promise.resolve()).catch(() => {}).then(async () => void (await step()));
    this.#work.set(name, done);
    done.catch((error: Error) => console.error(`machine ${name}: ${error.message}`));
    return done;
  }
}
