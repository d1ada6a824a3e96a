import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createPlain, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TlsOptions } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { a, zone } from "../../src/model/dns.ts";
import type { Fleet } from "../../src/model/fleet.ts";
import type { Probe } from "../../src/model/probe.ts";
import { runProbe } from "../../src/probes/run.ts";
import { tlsProblem } from "../../src/probes/tls.ts";
import { proxiedNames } from "../../src/probes/visitors.ts";

const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), "fleet-tls-"));
const pem = (...names: string[]) => names.map((name) => readFileSync(join(folder, name), "utf8")).join("");
const KEY = "-nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1";

/** A root, an authority below it, and what both have issued; each with a key of its own, for 90 days. */
beforeAll(() => {
  const san = (...names: string[]) => `-addext subjectAltName=${names.map((name) => `DNS:${name}`).join()}`;
  const by = (ca: string) => `-CA ${ca}.pem -CAkey ${ca}.key`;
  const make = (name: string, options: string) =>
    `openssl req -x509 ${KEY} -days 90 -keyout ${name}.key -out ${name}.pem ${options} 2>/dev/null`;
  const isCa = "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign";
  const script = [
    make("root", `-subj /CN=Root ${isCa}`),
    make("between", `-subj /CN=Between ${isCa} ${by("root")}`),
    make("leaf", `-subj /CN=www.example.com ${san("www.example.com", "*.tokyo.example.com")} ${by("between")}`),
    make("nameless", `-subj /CN=www.example.com ${by("between")}`),
    make("alone", `-subj /CN=www.example.com ${san("www.example.com")}`),
  ].join(" && ");
  execFileSync("sh", ["-c", script], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function probing<T>(server: Server, look: (port: number) => Promise<T>): Promise<T> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await look((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}
const serving = (key: string, ...certificates: string[]): TlsOptions => ({
  key: pem(`${key}.key`),
  cert: pem(...certificates.map((name) => `${name}.pem`)),
});
const whole = () => serving("leaf", "leaf", "between");
const rooted = () => ({ authority: pem("root.pem") });
type Tls = Extract<Probe, { kind: "tls" }>;
const probe = (over: Partial<Tls> = {}) =>
  ({ kind: "tls", port: 0, name: "www.example.com", daysLeft: 21, trust: rooted(), ...over }) as const satisfies Tls;

test.each<[string, () => TlsOptions, () => Partial<Tls>, number, string | undefined]>([
  ["a whole chain to a declared authority", whole, () => ({}), 0, undefined],
  ["a name that a * covers", whole, () => ({ name: "a.tokyo.example.com" }), 0, undefined],
  [
    "a name that a * does not reach",
    whole,
    () => ({ name: "a.b.tokyo.example.com" }),
    0,
    "it does not cover a.b.tokyo.example.com, but www.example.com, *.tokyo.example.com",
  ],
  [
    "another name",
    whole,
    () => ({ name: "example.com" }),
    0,
    "it does not cover example.com, but www.example.com, *.tokyo.example.com",
  ],
  [
    "a common name alone",
    () => serving("nameless", "nameless", "between"),
    () => ({}),
    0,
    "it does not cover www.example.com, nor any other name",
  ],
  [
    "a chain with a gap",
    () => serving("leaf", "leaf"),
    () => ({}),
    0,
    "its chain is incomplete, or its authority is none that is trusted: issued by Between",
  ],
  [
    "an authority that nobody trusts",
    () => serving("leaf", "leaf", "between", "root"),
    () => ({ trust: "authorities" }),
    0,
    "its authority is none that is trusted: issued by Between",
  ],
  ["a self-signed one instead", () => serving("alone", "alone"), () => ({}), 0, "it is self-signed"],
  ["a self-signed one as declared", () => serving("alone", "alone"), () => ({ trust: "itself" }), 0, undefined],
  [
    "a self-signed one of another name",
    () => serving("alone", "alone"),
    () => ({ trust: "itself", name: "example.com" }),
    0,
    "it does not cover example.com, but www.example.com",
  ],
  [
    "one that nobody vouches for instead of a self-signed one",
    () => serving("leaf", "leaf"),
    () => ({ trust: "itself" }),
    0,
    "its chain is incomplete",
  ],
  ["as many days as declared", whole, () => ({}), 68.9, undefined],
  ["fewer days", whole, () => ({}), 78, "11 days left, declared at least 21"],
  ["its last day but one", whole, () => ({}), 88.9, "1 day left, declared at least 21"],
  ["an expired one", whole, () => ({}), 91, "it has expired: "],
  ["a clock that is behind", whole, () => ({}), -2, "it is not valid before "],
  [
    "two faults at once",
    () => serving("alone", "alone"),
    () => ({ name: "example.com" }),
    85,
    "it is self-signed; it does not cover example.com, but www.example.com; 4 days left, declared at least 21",
  ],
])("%s", async (_, options, over, days, problem) => {
  const found = await probing(createServer(options()), (port) =>
    tlsProblem(probe({ ...over(), port }), "127.0.0.1", { now: Date.now() + days * DAY_MS }),
  );
  expect(found).toEqual(problem === undefined ? undefined : expect.stringContaining(problem));
});

test("authorities may be given besides those of the system", async () => {
  const look = (besides: string[]) =>
    probing(createServer(whole()), (port) =>
      tlsProblem(probe({ port, trust: "authorities" }), "127.0.0.1", { besides }),
    );
  expect([await look([]), await look([pem("root.pem")])]).toEqual([
    expect.stringContaining("none that is trusted"),
    undefined,
  ]);
});

test.each<[string, () => Server, RegExp]>([
  [
    "one that speaks no TLS",
    () => createPlain((socket) => socket.end("220 mail\r\n").on("error", () => {})),
    /^no certificate is shown: /,
  ],
  ["one that hangs up", () => createPlain((socket) => socket.destroy()), /^no certificate is shown: /],
  [
    "one that speaks an old TLS alone",
    () =>
      createServer({ ...whole(), minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }).on(
        "tlsClientError",
        () => {},
      ),
    /^no certificate is shown: .*(alert|protocol)/,
  ],
])("of %s nothing is known, which is not the same as well", async (_, server, why) => {
  const result = await probing(server(), (port) => runProbe(probe({ port }), "127.0.0.1", () => ""));
  expect(result).toMatchObject({ problem: expect.stringMatching(why), unknown: true });
});

test("of a port where nobody listens neither", async () => {
  const port = await probing(createPlain(), (free) => Promise.resolve(free));
  expect(await runProbe(probe({ port }), "127.0.0.1", () => "")).toEqual({
    what: `the certificate of www.example.com on 127.0.0.1:${port} is valid for 21 days`,
    problem: expect.stringContaining("ECONNREFUSED"),
    unknown: true,
  });
});

test("a host without an address is not looked for on this computer", async () => {
  const found = await probing(createServer(whole()), (port) => runProbe(probe({ port }), undefined, () => ""));
  expect(found).toMatchObject({ problem: "the host has no address that is known here", unknown: true });
});

test("visitors see another certificate under the names behind a proxy, and under no others", () => {
  const zones = [
    zone({
      name: "example.com",
      records: [
        a("www", "192.0.2.1", { proxied: true }),
        a("noc", "192.0.2.1"),
        a("*", "192.0.2.1", { proxied: true }),
        { ...a("soon", "192.0.2.1", { proxied: true }), status: "planned" },
      ],
    }),
  ];
  expect(proxiedNames({ zones } as Fleet)).toEqual(["www.example.com"]);
});
