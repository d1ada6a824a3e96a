import { expect, test } from "vitest";
import { z } from "zod";
import { ModelError } from "../../src/model/errors.ts";
import { type Host, parseHost } from "../../src/model/host.ts";
import { checkFleet, showFinding } from "../../src/rules/check.ts";
import { service, ServiceArgumentsError } from "../../src/model/service.ts";
import { fleetOf, sketch } from "./fixtures.ts";

const files = 1000;
const seed = Number(process.env.FLEET_TEST_SEED ?? Date.now() % 2 ** 31);

/** A sound input of every kind, as a host file would give it to its constructor. */
const sound = (): Record<string, unknown>[] => {
  const common = {
    name: "one",
    os: "debian",
    ipv4: "192.0.2.1",
    mesh: "10.84.0.2",
    timeZone: "Europe/Oslo",
    user: "root",
    sshPort: 22,
    roles: ["primary"],
    services: [sketch("nginx", { ports: [] })],
    publicPorts: ["443/tcp", { protocol: "udp", range: { from: 1, to: 2 }, exposure: "public" }],
    labels: { team: "ops" },
    monthlyCost: { eur: [4, 6] },
    status: "active",
    note: "a note",
    hostKey: "ssh-ed25519 AAAA",
    jump: "two",
  };
  return [
    { ...common, kind: "hetzner", type: "cx23", location: "hel1", adopt: true, id: "4711" },
    { ...common, kind: "digitalocean", size: "s-1vcpu-1gb", region: "nyc3" },
    { ...common, kind: "aws", type: "t4g.nano", region: "eu-west-2" },
    { ...common, kind: "static", hardware: "pi", model: "Raspberry Pi 5" },
  ];
};

/** Mulberry32: small, and the same everywhere for a seed. */
function randomFrom(state: number): (below: number) => number {
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Something that does not belong where it is put. */
function junk(random: (below: number) => number, around: object): unknown {
  const cyclic: Record<string, unknown> = { around };
  cyclic.self = cyclic;
  const all = [
    undefined,
    null,
    true,
    "",
    " ",
    "x".repeat(100_000),
    "\0",
    "line\nbreak",
    "🐙‮ünïcödé",
    "../../etc/passwd",
    "'; rm -rf / #",
    "__proto__",
    "NaN",
    0,
    -1,
    1e308,
    -Infinity,
    NaN,
    2 ** 53,
    0.1,
    10n ** 40n,
    Symbol("odd"),
    [],
    {},
    [[[]]],
    cyclic,
    [cyclic],
    around,
    () => 1,
    new Date(NaN),
    new Map([[1, 2]]),
    /re/,
    Object.create(null),
    JSON.parse('{"__proto__": {"x": 1}}'),
    new Proxy(
      {},
      {
        get: () => {
          throw new Error("a trap");
        },
      },
    ),
    {
      toString: () => {
        throw new Error("no text");
      },
    },
  ];
  return all[random(all.length)];
}

/** Deletes, replaces or adds one to three values, at any depth. */
function damage(random: (below: number) => number, input: Record<string, unknown>): Record<string, unknown> {
  for (let times = 1 + random(3); times > 0; times--) {
    let target: Record<string, unknown> = input;
    for (;;) {
      const keys = Object.keys(target);
      const key = keys[random(keys.length)] ?? "empty";
      const value = target[key];
      if (
        typeof value === "object" &&
        value !== null &&
        Object.getPrototypeOf(value) !== null &&
        Object.keys(value).length > 0 &&
        random(2)
      ) {
        target = value as Record<string, unknown>;
        if (target === input) break;
        continue;
      }
      const how = random(4);
      if (how === 0) delete target[key];
      else if (how === 1) target[["naem", "__proto__x", "constructor", "", "🐙"][random(5)]!] = junk(random, input);
      else target[key] = junk(random, input);
      break;
    }
  }
  return input;
}

test(`${files} randomly damaged hosts give a clear message or pass (FLEET_TEST_SEED=${seed})`, () => {
  const random = randomFrom(seed);
  const passed: Host[] = [];
  for (let i = 0; i < files; i++) {
    const inputs = sound();
    const input = damage(random, inputs[random(inputs.length)]!);
    const where = `seed ${seed}, host ${i}`;
    try {
      passed.push(parseHost(input, "hosts/test/one.ts"));
    } catch (error) {
      expect(error, where).toBeInstanceOf(ModelError);
      const { message, problems } = error as ModelError;
      expect(message, where).toMatch(/^hosts\/test\/one\.ts: .* is not valid\n {2}\S/);
      expect(message.length, where).toBeLessThan(3000);
      for (const problem of problems) expect(problem.message.length, where).toBeGreaterThan(5);
    }
  }
  expect(passed.length).toBeGreaterThan(0);
  expect(passed.length).toBeLessThan(files / 2);
  for (const host of passed) {
    const shown = checkFleet(fleetOf({ hosts: [host] })).map(showFinding);
    expect(shown.join("\n"), `seed ${seed}`).not.toMatch(/undefined|\[object/);
  }
});

test("damaged arguments of a service give a clear message too", () => {
  const random = randomFrom(seed);
  const app = service("app", { args: z.strictObject({ port: z.int(), name: z.string() }), render: () => ({}) });
  for (let i = 0; i < 200; i++) {
    const where = `seed ${seed}, service ${i}`;
    try {
      app({ port: junk(random, {}), name: "x" } as never);
    } catch (error) {
      expect(error, where).toBeInstanceOf(ServiceArgumentsError);
      expect((error as Error).message, where).toMatch(/^services\/app: arguments are wrong\n {2}app\.port: \S/);
    }
  }
});
