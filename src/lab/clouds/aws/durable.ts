import type { Collection, Store } from "../store.ts";
import { startMoto, type Answer, type Call, type Moto } from "./moto.ts";

interface Mutation extends Call {
  id: number;
}

const READS = /^(Describe|Get|List|Search)/;

/**
 * moto with a memory. moto keeps everything in its process; here each call that may change something is stored before
 * its answer goes out, and made again when moto is started again. All that moto makes up follows from the number of the
 * call, so everything has the id that it had.
 */
export class DurableMoto {
  readonly url: string;
  readonly #moto: Moto;
  readonly #store: Store;
  readonly #mutations: Collection<Mutation>;
  readonly #regions = new Set<string>();
  /** "region/client token" → the answer that the first call with it got. */
  readonly #runs = new Map<string, Answer>();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(store: Store, moto: Moto) {
    this.url = moto.url;
    this.#store = store;
    this.#moto = moto;
    this.#mutations = store.collection("aws", "mutations");
  }

  /** Starts moto with all that it knew before. */
  static async start(store: Store): Promise<DurableMoto> {
    const durable = new DurableMoto(store, await startMoto());
    for (const mutation of durable.#mutations.list()) await durable.#perform(mutation);
    return durable;
  }

  /** Regions in which something was ever asked for. */
  get regions(): string[] {
    return [...this.#regions];
  }

  /**
   * Answers one call after the other: what moto makes up would mix otherwise.
   * @param onChange called after a change, before the next call
   */
  send(call: Call, onChange: (region: string) => Promise<void>): Promise<Answer> {
    return this.#inTurn(async () => {
      await this.#openRegion(call.region);
      const parameters = new URLSearchParams(call.body);
      const action = parameters.get("Action") ?? "";
      if (READS.test(action)) return this.#moto.send(call);
      const known = this.#runs.get(runOf(call) ?? "");
      if (known) return known;
      if (action === "AllocateAddress" && !parameters.has("Address")) parameters.set("Address", this.#newAddress());
      const mutation = { ...call, body: String(parameters), id: this.#store.nextId("aws mutation") };
      const answer = await this.#perform(mutation);
      this.#mutations.put(mutation.id, mutation);
      await onChange(call.region);
      return answer;
    });
  }

  close = (): Promise<void> => this.#inTurn(() => this.#moto.close());

  async #perform(mutation: Mutation): Promise<Answer> {
    await this.#openRegion(mutation.region);
    await this.#moto.seed(mutation.id);
    const answer = await this.#moto.send(mutation);
    const run = runOf(mutation);
    if (run !== undefined && answer.status === 200) this.#runs.set(run, answer);
    return answer;
  }

  /** moto makes a region's default network when the region is first asked for. */
  async #openRegion(region: string): Promise<void> {
    if (this.#regions.has(region)) return;
    await this.#moto.seed(2 ** 40 + Number.parseInt(Buffer.from(region).toString("hex").slice(0, 8), 16));
    await this.#moto.send({ region, service: "ec2", body: "Action=DescribeVpcs&Version=2016-11-15" });
    this.#regions.add(region);
  }

  /**
   * From the range for tests (RFC 2544): nobody has it on the internet. moto itself would give one from 127.0.0.0/8.
   */
  #newAddress(): string {
    const number = this.#store.nextId("aws address");
    return `198.18.${number >> 8}.${number & 255}`;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

/**
 * What makes a second call to run instances the same as the first; AWS answers it without running any more, moto does
 * not know of that.
 */
function runOf({ region, body }: Call): string | undefined {
  const parameters = new URLSearchParams(body);
  const token = parameters.get("Action") === "RunInstances" ? parameters.get("ClientToken") : null;
  return token === null ? undefined : `${region}/${token}`;
}
