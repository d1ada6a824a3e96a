import {
  UnreachableError,
  type Connection,
  type RunOptions,
  type ScriptResult,
  type Session,
  type Transport,
} from "./types.ts";

/**
 * How long a host that could not be reached is not tried again: long enough for the rest of a batch, short enough for
 * the next step.
 */
const FAILURE_SECONDS = 60;

export interface PoolOptions {
  /** How many hosts are worked on at once. */
  hosts?: number;
}

/** Failing faster than this, a host is tried again at once: it costs nothing, and it may have been about to start. */
const QUICK_FAILURE_MS = 1000;

/** A host and how it was reached. */
export interface Reached {
  host: string;
  connection: Connection;
}

interface Entry {
  session: Promise<Session>;
  pin: string | undefined;
  /** How long it was tried to reach the host, when that failed. */
  failedAfter?: number;
}

/**
 * Shares one session per host among everyone who runs scripts there. Scripts of one host run one after the other;
 * different hosts run side by side, up to a limit. A host that could not be reached answers at once with the same error
 * for a minute, except to someone who would wait longer for it to boot.
 */
export class Pool {
  private readonly transport: Transport;
  private readonly slots: Slots;
  private readonly entries = new Map<string, Entry[]>();
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly ran = new Map<string, Reached>();
  /** Endpoints that a change may have cut off: what connects to them again is to prove that it can. */
  private readonly doubted = new Set<string>();
  private stop = new AbortController();

  constructor(transport: Transport, options: PoolOptions = {}) {
    this.transport = transport;
    this.slots = new Slots(options.hosts ?? 32);
  }

  /**
   * @throws UnreachableError when the host does not answer or the line breaks; ScriptTimeoutError when the script took
   * too long. The time to connect is bounded by the connection's bootSeconds, the script's by its own timeout.
   */
  run(host: string, connection: Connection, script: string, options: RunOptions): Promise<ScriptResult> {
    this.ran.set(endpoint(host, connection), { host, connection });
    return this.use(host, connection, (session) => session.run(script, options));
  }

  /** Connects to a host before anybody needs it. Whether that works shows when somebody does. */
  async warm({ host, connection }: Reached): Promise<void> {
    const started = performance.now();
    const atOnce = { ...connection, bootSeconds: 0 };
    await this.ready(host, atOnce).catch(() => {
      if (performance.now() - started < QUICK_FAILURE_MS) this.entries.delete(endpoint(host, atOnce));
    });
  }

  /** Every host that scripts were run on. */
  used(): Reached[] {
    return [...this.ran.values()];
  }

  /**
   * Fulfilled when the host is connected and the scripts before have ended. @throws UnreachableError when the host does
   * not answer.
   */
  ready(host: string, connection: Connection): Promise<void> {
    return this.use(host, connection, async () => {});
  }

  /** The machine's own host key, over a connection that is already verified. */
  hostKey(host: string, connection: Connection): Promise<string | undefined> {
    return this.use(host, connection, async (session) => session.hostKey);
  }

  /**
   * Ends the connections to a host, after the scripts that wait for them, so that the next script proves that a new one
   * can be made.
   */
  reconnect(host: string, connection: Connection): Promise<void> {
    return this.inTurn(host, async () => {
      const key = endpoint(host, connection);
      const entries = this.entries.get(key) ?? [];
      this.entries.delete(key);
      this.doubted.add(key);
      await closeAll(entries);
    });
  }

  /** Scripts that run go on to their end; those that wait are refused, and no machine is waited for any more. */
  cancel(): void {
    this.stop.abort();
  }

  /** What was cancelled is over: the next run may start. */
  resume(): void {
    if (this.stop.signal.aborted) this.stop = new AbortController();
  }

  async close(): Promise<void> {
    const entries = [...this.entries.values()].flat();
    this.entries.clear();
    await closeAll(entries);
    await this.transport.close?.();
  }

  private use<T>(host: string, connection: Connection, work: (session: Session) => Promise<T>): Promise<T> {
    return this.inTurn(host, () =>
      this.slots.with(async () => {
        if (this.stop.signal.aborted) throw new Error(`${host}: not started, because the run was cancelled`);
        return work(await this.session(host, connection));
      }),
    );
  }

  private inTurn<T>(host: string, work: () => Promise<T>): Promise<T> {
    const result = (this.queues.get(host) ?? Promise.resolve()).then(work);
    this.queues.set(
      host,
      result.catch(() => {}),
    );
    return result;
  }

  /**
   * A pinned key may also be met by a session that was verified otherwise, when the machine says itself that the key is
   * its own.
   */
  private async session(host: string, connection: Connection): Promise<Session> {
    const key = endpoint(host, connection);
    for (const { session, pin, failedAfter = Infinity } of this.entries.get(key) ?? []) {
      if (failedAfter < (connection.bootSeconds ?? 0)) continue;
      if (connection.hostKey === undefined || pin === connection.hostKey) return session;
      const open = await session.catch(() => undefined);
      if (open?.hostKey !== undefined && open.hostKey === withoutComment(connection.hostKey)) return open;
    }
    const entry: Entry = {
      session: this.transport.open(host, connection, { signal: this.stop.signal, isProof: this.doubted.has(key) }),
      pin: connection.hostKey,
    };
    this.entries.set(key, [...(this.entries.get(key) ?? []), entry]);
    const forget = () =>
      this.entries.set(
        key,
        (this.entries.get(key) ?? []).filter((other) => other !== entry),
      );
    entry.session.then(
      (session) => session.ended?.then(forget),
      (error: unknown) => {
        if (error instanceof UnreachableError) {
          entry.failedAfter = connection.bootSeconds ?? 0;
          setTimeout(forget, FAILURE_SECONDS * 1000).unref();
        } else forget();
      },
    );
    return entry.session;
  }
}

const endpoint = (host: string, { bootSeconds: _, hostKey: __, ...where }: Connection): string =>
  JSON.stringify([host, ...Object.entries(where).sort(([a], [b]) => (a < b ? -1 : 1))]);

const withoutComment = (key: string): string => key.trim().split(/\s+/).slice(0, 2).join(" ");

async function closeAll(entries: Entry[]): Promise<void> {
  await Promise.all(
    entries.map(({ session }) =>
      session.then(
        (open) => open.close(),
        () => {},
      ),
    ),
  );
}

/** Lets a limited number of tasks run at once. */
class Slots {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(count: number) {
    this.free = count;
  }

  async with<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
