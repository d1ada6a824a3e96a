import type { Shape, Target } from "../aspects/shape.ts";

const KINDS = ["directories", "files", "artifacts", "units", "cron", "sysctl"] as const;

/**
 * Which service of a host has declared what, as far as this run knows: what moves from one service to another is not
 * taken away by the one that lets go of it.
 */
export class Claims {
  private readonly byHost = new Map<string, Map<string, Shape>>();

  make({ host, service }: Target, shape: Shape): void {
    this.byHost.set(host, (this.byHost.get(host) ?? new Map<string, Shape>()).set(service, shape));
  }

  /** Whether any service of the host declares an account, such as "account deploy". */
  has({ host }: Target, name: string): boolean {
    return [...(this.byHost.get(host)?.values() ?? [])].some(({ users }) =>
      Object.keys(users).some((user) => name === `account ${user}`),
    );
  }

  /** What was found, without what is no longer desired and belongs to another service by now. */
  without({ host, service }: Target, found: Shape, desired: Shape): Shape {
    const others = [...(this.byHost.get(host) ?? [])].filter(([name]) => name !== service).map(([, shape]) => shape);
    if (others.length === 0) return found;
    const kept = { ...found };
    for (const kind of KINDS) {
      const isTaken = (key: string) => !(key in desired[kind]) && others.some((other) => key in other[kind]);
      Object.assign(kept, { [kind]: Object.fromEntries(Object.entries(found[kind]).filter(([key]) => !isTaken(key))) });
    }
    if (desired.timeZone === undefined && others.some(({ timeZone }) => timeZone !== undefined))
      kept.timeZone = undefined;
    return kept;
  }
}
