import type { StatementSync } from "node:sqlite";
import type { Store } from "../store.ts";

/** One request to a local cloud. Never a body, a query, a header or a token. */
export interface LoggedRequest {
  /** ISO 8601, UTC. */
  time: string;
  cloud: string;
  method: string;
  path: string;
  /** 0 when the reply was lost. */
  status: number;
  milliseconds: number;
  /** Size of the reply's body. */
  bytes: number;
}

const KEPT = 10_000;

/** The last requests to a lab's clouds, kept in its store. */
export class RequestLog {
  readonly #insert: StatementSync;
  readonly #trim: StatementSync;
  readonly #last: StatementSync;

  constructor(store: Store) {
    store.database.exec(`CREATE TABLE IF NOT EXISTS requests (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      time TEXT, cloud TEXT, method TEXT, path TEXT, status INTEGER, milliseconds REAL, bytes INTEGER)`);
    this.#insert = store.database.prepare(
      "INSERT INTO requests (time, cloud, method, path, status, milliseconds, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    this.#trim = store.database.prepare("DELETE FROM requests WHERE seq <= ?");
    this.#last = store.database.prepare(
      "SELECT * FROM (SELECT * FROM requests ORDER BY seq DESC LIMIT ?) ORDER BY seq",
    );
  }

  add(request: LoggedRequest): void {
    const { lastInsertRowid } = this.#insert.run(
      request.time,
      request.cloud,
      request.method,
      request.path,
      request.status,
      request.milliseconds,
      request.bytes,
    );
    const seq = Number(lastInsertRowid);
    if (seq % 1000 === 0) this.#trim.run(seq - KEPT);
  }

  /** The last `count` requests, oldest first. */
  last(count: number): LoggedRequest[] {
    return this.#last.all(count).map((row) => ({
      time: String(row.time),
      cloud: String(row.cloud),
      method: String(row.method),
      path: String(row.path),
      status: Number(row.status),
      milliseconds: Number(row.milliseconds),
      bytes: Number(row.bytes),
    }));
  }
}
