/** A KV namespace as a Worker sees one, in memory. */
export class KvNamespace {
  readonly asked: string[] = [];
  readonly ttls: (number | undefined)[] = [];
  puts = 0;
  private readonly values: Map<string, string>;

  constructor(values: Record<string, string> = {}) {
    this.values = new Map(Object.entries(values));
  }

  async get(key: string, type?: "json"): Promise<unknown> {
    this.asked.push(key);
    const value = this.values.get(key) ?? null;
    return value !== null && type === "json" ? JSON.parse(value) : value;
  }

  async put(key: string, value: string, options?: { expirationTtl?: number }): Promise<void> {
    this.puts += 1;
    this.ttls.push(options?.expirationTtl);
    this.values.set(key, value);
  }
}
