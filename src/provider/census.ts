/**
 * How many services hosts have, from run to run: a look at a host starts when the last of them was asked for, however
 * slowly the engine asks. A number that is wrong costs a round trip or a tenth of a second, nothing else.
 */
export class Census {
  private readonly counts: Map<string, number>;
  private readonly looked = new Map<string, Set<string>>();

  /** @param before host → number of services the last time */
  constructor(before: ReadonlyMap<string, number> = new Map()) {
    this.counts = new Map(before);
  }

  /** How many looks at a host are to be expected; undefined when it is not known. */
  of(host: string): number | undefined {
    return this.counts.get(host);
  }

  /** A service of a host was looked at. */
  sees(host: string, service: string): void {
    const looked = this.looked.get(host) ?? new Set();
    this.looked.set(host, looked.add(service));
    this.counts.set(host, Math.max(this.of(host) ?? 0, looked.size));
  }

  /** A service was made on a host, or taken away. */
  changes(host: string, by: 1 | -1): void {
    this.counts.set(host, Math.max(0, (this.of(host) ?? 0) + by));
  }
}
