import { setTimeout as sleep } from "node:timers/promises";
import type { Machine, Machines, MachineSpec } from "../../src/lab/types.ts";

export interface FakeMachines extends Machines {
  /** Every call, such as "start web". */
  calls: string[];
  specs: MachineSpec[];
  /** How long a start takes, in milliseconds. */
  startTakes: number;
  /** The next create or start fails with this. */
  failNext: string | undefined;
}

/** Machines that only exist in memory. */
export function fakeMachines(): FakeMachines {
  const machines = new Map<string, Machine>();
  let last = 0;
  const call = async (verb: string, name: string, milliseconds = 1): Promise<void> => {
    fake.calls.push(`${verb} ${name}`);
    await sleep(milliseconds);
    const failure = fake.failNext;
    fake.failNext = undefined;
    if (failure !== undefined) throw new Error(failure);
  };
  const setRunning = (name: string, running: boolean): void => {
    const machine = machines.get(name);
    if (machine === undefined && running) throw new Error(`no machine ${name}`);
    if (machine !== undefined) machine.running = running;
  };
  const fake: FakeMachines = {
    calls: [],
    specs: [],
    startTakes: 5,
    failNext: undefined,
    create: async (spec) => {
      await call("create", spec.name);
      fake.specs.push(spec);
      const machine = machines.get(spec.name) ?? { name: spec.name, address: `10.99.0.${++last}`, running: false };
      machines.set(spec.name, machine);
      return { ...machine };
    },
    start: async (name) => {
      await call("start", name, fake.startTakes);
      setRunning(name, true);
    },
    stop: async (name) => {
      await call("stop", name);
      setRunning(name, false);
    },
    remove: async (name) => {
      await call("remove", name);
      machines.delete(name);
    },
    setPublicAddress: (name, address) => call(`address ${address ?? "none"} of`, name),
    list: async () => [...machines.values()].map((machine) => ({ ...machine })),
  };
  return fake;
}
