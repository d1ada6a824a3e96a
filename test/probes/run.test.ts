import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addressOfName } from "../../src/probes/name.ts";
import { runProbe } from "../../src/probes/run.ts";
import { probeSchema } from "../../src/model/probe.ts";

const server = createServer((request, response) => response.end(request.headers.host));
let port: number;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());

const ask = (host: string | undefined, address: string | undefined, resolve?: (name: string) => Promise<string>) =>
  runProbe(
    probeSchema.parse({ kind: "http", tls: false, port, body: host ?? "127.0.0.1", ...(host && { host }) }),
    address,
    (name) => name,
    { ...(resolve && { resolve }) },
  ).then(({ problem }) => problem);
const NOBODY = "127.0.0.2";
const elsewhere = (address: string) => (name: string) =>
  name === "app.example.com" ? Promise.resolve(address) : Promise.reject(new Error(`unexpected ${name}`));

test.each([
  ["a name is asked where the DNS says", "app.example.com", NOBODY, elsewhere("127.0.0.1"), undefined],
  ["and nowhere else", "app.example.com", "127.0.0.1", elsewhere(NOBODY), "ECONNREFUSED"],
  ["without DNS at the host's address", "app.example.com", "127.0.0.1", undefined, undefined],
  ["what has no name at the host's address", undefined, "127.0.0.1", elsewhere(NOBODY), undefined],
  ["a host without an address is not this machine", undefined, undefined, undefined, "no address that is known"],
])("%s", async (_, host, address, resolve, problem) => {
  const found = await ask(host, address, resolve);
  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(problem);
});

describe("a port", () => {
  /** Nothing ever answers a connection there. */
  const GONE = "255.255.255.255";
  const look = async (address: string, probe: { port?: number; open: boolean; beside?: number }) =>
    (await runProbe(probeSchema.parse({ kind: "tcp", port, ...probe }), address, (name) => name)).problem;
  test.each([
    ["open, as it should be", "127.0.0.1", { open: true }, undefined],
    ["open, and should be closed", "127.0.0.1", { open: false }, "it is open"],
    ["closed, as it should be", "127.0.0.1", { port: 1, open: false, beside: 2 }, undefined],
    ["closed, and should be open", "127.0.0.1", { port: 1, open: true }, "it is closed"],
    ["silent beside one that is silent, too", GONE, { open: false, beside: 22 }, "it can't be told"],
    ["silent, and should be open", GONE, { open: true }, "it is closed"],
  ])("%s", async (_, address, probe, problem) => {
    const found = await look(address, probe);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });
});

test("a name that nobody knows is a problem, which says so", async () => {
  expect(await addressOfName("localhost")).toMatch(/^(127\.0\.0\.1|::1)$/);
  await expect(addressOfName("nobody.invalid")).rejects.toThrow("the DNS gives no address for nobody.invalid (");
});
