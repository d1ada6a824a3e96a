/** How long nothing must arrive before a batch starts, and how long its first item waits at most, in milliseconds. */
const QUIET = 4;
const PATIENCE = 50;

interface Item<Request, Reply> {
  request: Request;
  resolve: (reply: Reply) => void;
  reject: (error: unknown) => void;
}

/**
 * Gathers requests by key (a host) that arrive at about the same time and hands them to `work` together. While a key's batch is running,
 * the next one gathers, so the more there is to do the larger the batches.
 */
export class Batcher<Request, Reply> {
  private readonly work: (key: string, requests: Request[]) => Promise<Reply[]>;
  private readonly waiting = new Map<string, Item<Request, Reply>[]>();
  private readonly running = new Set<string>();
  /** Shared by all keys: the engine sends what it has for all hosts in one burst. */
  private lastArrival = 0;

  constructor(work: (key: string, requests: Request[]) => Promise<Reply[]>) {
    this.work = work;
  }

  submit(key: string, request: Request): Promise<Reply> {
    this.lastArrival = performance.now();
    return new Promise((resolve, reject) => {
      const items = this.waiting.get(key) ?? [];
      items.push({ request, resolve, reject });
      this.waiting.set(key, items);
      if (items.length === 1 && !this.running.has(key)) void this.runWhenQuiet(key);
    });
  }

  private async runWhenQuiet(key: string): Promise<void> {
    this.running.add(key);
    const started = performance.now();
    do await new Promise((resolve) => setTimeout(resolve, QUIET));
    while (performance.now() - this.lastArrival < QUIET && performance.now() - started < PATIENCE);

    const items = this.waiting.get(key) ?? [];
    this.waiting.delete(key);
    try {
      const replies = await this.work(key, items.map(({ request }) => request));
      items.forEach(({ resolve }, i) => resolve(replies[i]!));
    } catch (error) {
      for (const { reject } of items) reject(error);
    }
    this.running.delete(key);
    if (this.waiting.has(key)) void this.runWhenQuiet(key);
  }
}
