import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";

/**
 * One kind of thing in one cloud, in the order in which they were made. What it returns is frozen: put a changed copy.
 */
export interface Collection<T> {
  list(): T[];
  get(id: string | number): T | undefined;
  /** Adds it or replaces the one with this id. */
  put(id: string | number, value: T): T;
  /** @returns whether it was there. */
  delete(id: string | number): boolean;
}

/**
 * The state of a lab's local clouds: one SQLite file, written before a reply goes out, so that it outlives `kill -9`.
 * One process owns it; that process reads from memory.
 */
export class Store {
  readonly database: DatabaseSync;
  readonly #collections = new Map<string, Collection<unknown>>();
  readonly #nextId: StatementSync;

  /** @param file created with its folder when it is not there; ":memory:" for a store that is forgotten. */
  constructor(file: string) {
    if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
    this.database = new DatabaseSync(file);
    if (file !== ":memory:") chmodSync(file, 0o600);
    this.database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS objects (
        seq INTEGER PRIMARY KEY, cloud TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL,
        UNIQUE (cloud, kind, id));
      CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);`);
    this.#nextId = this.database.prepare(
      "INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + 1 " +
        "RETURNING value",
    );
  }

  collection<T>(cloud: string, kind: string): Collection<T> {
    const key = `${cloud}/${kind}`;
    const known = this.#collections.get(key) ?? openCollection<T>(this.database, cloud, kind);
    this.#collections.set(key, known);
    return known as Collection<T>;
  }

  /** The next number of a counter; never given out twice, also after a restart. */
  nextId(counter: string, first = 1): number {
    return Number(this.#nextId.get(counter, first)?.value);
  }

  /** Writes all of it as it is now into a new file. */
  copyTo(file: string): void {
    this.database.prepare("VACUUM INTO ?").run(file);
    chmodSync(file, 0o600);
  }

  close(): void {
    this.database.close();
  }
}

function openCollection<T>(database: DatabaseSync, cloud: string, kind: string): Collection<T> {
  const put = database.prepare(
    "INSERT INTO objects (cloud, kind, id, json) VALUES (?, ?, ?, ?) ON CONFLICT (cloud, kind, " +
      "id) DO UPDATE SET json = excluded.json",
  );
  const remove = database.prepare("DELETE FROM objects WHERE cloud = ? AND kind = ? AND id = ?");
  const rows = database
    .prepare("SELECT id, json FROM objects WHERE cloud = ? AND kind = ? ORDER BY seq")
    .all(cloud, kind);
  const memory = new Map(rows.map((row) => [String(row.id), deepFreeze(JSON.parse(String(row.json)) as T)]));
  return {
    list: () => [...memory.values()],
    get: (id) => memory.get(String(id)),
    put: (id, value) => {
      const json = JSON.stringify(value);
      put.run(cloud, kind, String(id), json);
      const kept = deepFreeze(JSON.parse(json) as T);
      memory.set(String(id), kept);
      return kept;
    },
    delete: (id) => {
      remove.run(cloud, kind, String(id));
      return memory.delete(String(id));
    },
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
