/** When a batch starts, in milliseconds. */
export interface Pace {
  /**
   * How long nothing must have arrived, for any key; longer the longer it has been arriving, since a computer that is
   * busy sends slowly.
   */
  quiet: number;
  /** How long it waits for that at most. */
  patience: number;
}

/** Looks come in one burst for all hosts, because the engine knows them all when it begins. */
export const BURST: Pace = { quiet: 4, patience: 1000 };
/**
 * Changes come one by one, as the program declares them. A batch of changes takes about as long for one as for all, so
 * it waits for the last.
 */
export const TRICKLE: Pace = { quiet: 100, patience: 30_000 };
/**
 * How long a batch waits for requests that are expected and do not come: longer than a busy engine pauses between two
 * of them.
 */
const MISSING_MS = 300;
/** Requests that are further apart than this many times `quiet` belong together no more. */
const APART = 10;
/** Which part of the time that requests have been arriving it must then be quiet. */
const PATIENT = 0.25;

interface Item<Request, Reply> {
  request: Request;
  resolve: (reply: Reply) => void;
  reject: (error: unknown) => void;
}

/** What is done with the requests for a key (a host). */
export interface Work<Request, Reply> {
  /** Awaited while requests gather: a connection is made, or the host is busy with others. */
  ready(first: Request): Promise<void>;
  run(requests: Request[]): Promise<Reply[]>;
  /** How many requests will come for the key, where that is known: then nothing is waited for when they are there. */
  expected?(first: Request): number | undefined;
}

/**
 * Gathers requests by key that arrive at about the same time and hands them over together. While a key's batch is
 * running, the next one gathers, so the more there is to do the larger the batches.
 */
export class Batcher<Request, Reply> {
  private readonly work: Work<Request, Reply>;
  private readonly pace: Pace;
  private readonly waiting = new Map<string, Item<Request, Reply>[]>();
  private readonly running = new Set<string>();
  /** Shared by all keys: the engine sends what it has for all hosts. */
  private lastArrival = 0;
  /** When what arrives now began to. */
  private firstArrival = 0;

  constructor(work: Work<Request, Reply>, pace: Pace) {
    this.work = work;
    this.pace = pace;
  }

  submit(key: string, request: Request): Promise<Reply> {
    this.arrived(performance.now());
    return new Promise((resolve, reject) => {
      const items = this.waiting.get(key) ?? [];
      items.push({ request, resolve, reject });
      this.waiting.set(key, items);
      if (items.length === 1 && !this.running.has(key)) void this.runWhenQuiet(key);
    });
  }

  private arrived(now: number): void {
    if (now - this.lastArrival > APART * this.pace.quiet) this.firstArrival = now;
    this.lastArrival = now;
  }

  private async runWhenQuiet(key: string): Promise<void> {
    this.running.add(key);
    let items: Item<Request, Reply>[] = [];
    const take = () => {
      items = this.waiting.get(key) ?? [];
      this.waiting.delete(key);
    };
    try {
      await this.work.ready(this.waiting.get(key)![0]!.request);
      await this.untilAllAreThere(key);
      take();
      const replies = await this.work.run(items.map(({ request }) => request));
      items.forEach(({ resolve }, i) => resolve(replies[i]!));
    } catch (error) {
      if (items.length === 0) take();
      for (const { reject } of items) reject(error);
    }
    this.running.delete(key);
    if (this.waiting.has(key)) void this.runWhenQuiet(key);
  }

  private async untilAllAreThere(key: string): Promise<void> {
    const { quiet, patience } = this.pace;
    const gathered = this.waiting.get(key)!;
    const expected = this.work.expected?.(gathered[0]!.request) ?? Infinity;
    const started = performance.now();
    const isQuiet = () =>
      performance.now() - this.lastArrival >=
      (expected < Infinity ? MISSING_MS : Math.max(quiet, PATIENT * (this.lastArrival - this.firstArrival)));
    while (gathered.length < expected) {
      await new Promise((resolve) => setTimeout(resolve, quiet));
      // Timers go before what has arrived meanwhile.
      await new Promise(setImmediate);
      if (isQuiet() || performance.now() - started >= patience) return;
    }
  }
}
