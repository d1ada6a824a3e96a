/** A failure to play. Left-out cloud, method and path match everything. */
export interface FaultRule {
  cloud?: string;
  method?: string;
  /** Below the cloud's base path; * stands for any characters, such as /servers/*. */
  path?: string;
  /**
   * status: answered with `status` and the handler never runs · slow: the handler runs `ms` later ·
   * lost-reply: the handler runs and the connection is cut instead of answering.
   */
  fault: "status" | "slow" | "lost-reply";
  /** For status, default 500. */
  status?: number;
  /** For status: the vendor's own name of the error. Left out: the usual one of the status. */
  code?: string;
  /** For slow, milliseconds, default 1000. */
  ms?: number;
  /** How many requests it hits. Left out: every one until it is cleared. */
  times?: number;
}

export interface ActiveFault extends FaultRule {
  id: number;
  /** How often it has struck. */
  hits: number;
}

/** Faults that are switched on now. They live as long as the lab's daemon: a lab that starts again is healthy. */
export class Faults {
  #active: ActiveFault[] = [];
  #lastId = 0;

  /** @throws Error when the rule can never strike. */
  add(rule: FaultRule): ActiveFault {
    checkRule(rule);
    const fault = { ...rule, id: ++this.#lastId, hits: 0 };
    this.#active.push(fault);
    return { ...fault };
  }

  list(): ActiveFault[] {
    return this.#active.map((fault) => ({ ...fault }));
  }

  /** Without an id: all of them. @returns how many were removed. */
  clear(id?: number): number {
    const before = this.#active.length;
    this.#active = this.#active.filter((fault) => id !== undefined && fault.id !== id);
    return before - this.#active.length;
  }

  /** The oldest fault that fits, counted as struck. */
  take(cloud: string, method: string, path: string): ActiveFault | undefined {
    const fault = this.#active.find((rule) => strikes(rule, cloud, method, path));
    if (fault === undefined) return undefined;
    fault.hits += 1;
    if (fault.hits === fault.times) this.clear(fault.id);
    return fault;
  }
}

function checkRule(rule: FaultRule): void {
  const status = rule.status ?? 500;
  if (!["status", "slow", "lost-reply"].includes(rule.fault))
    throw new Error(`fault "${rule.fault}" is unknown: use status, slow or lost-reply`);
  if (!Number.isInteger(status) || status < 400 || status > 599)
    throw new Error(`fault status ${status} is no error: use 400 to 599`);
  if (rule.times !== undefined && !(Number.isInteger(rule.times) && rule.times > 0))
    throw new Error(`fault times ${rule.times}: use a whole number above 0`);
  if (rule.ms !== undefined && !(rule.ms >= 0)) throw new Error(`fault ms ${rule.ms}: use milliseconds, 0 or more`);
}

function strikes(rule: FaultRule, cloud: string, method: string, path: string): boolean {
  return (
    (rule.cloud ?? cloud) === cloud &&
    (rule.method ?? method).toUpperCase() === method &&
    (rule.path === undefined || glob(rule.path).test(path))
  );
}

const glob = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);
