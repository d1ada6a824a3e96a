import { afterAll, beforeAll, expect, test } from "vitest";
import { acmeCertificate } from "../../services/acme/index.ts";
import { coturn } from "../../services/coturn/index.ts";
import { nginx } from "../../services/nginx/index.ts";
import { labStatus } from "../../src/lab/status.ts";
import { ports } from "../../src/model/port.ts";
import type { Service } from "../../src/model/service.ts";
import { secret } from "../../src/model/text.ts";
import { Secret, type Properties } from "../../src/plugin/types.ts";
import { tlsProblem } from "../../src/probes/tls.ts";
import { host } from "../services/render.ts";
import { madeUp } from "../provider/fixtures.ts";
import { failure, OneMachine } from "./one-machine.ts";

const NAME = "www.example.com";
const DIRECTORY = "https://localhost:14000/dir";
let one: OneMachine;
const ssh = (command: string) => one.ssh(command);

/** An authority for tests on the machine itself, and a DNS server that answers it with the machine's own address. */
const AUTHORITY = `mkdir -p /root/pebble && cd /root/pebble
test -s cert.pem || openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
echo '{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000", "certificate": "cert.pem", "privateKey": "key.pem", "httpPort": 80, "tlsPort": 443, "certificateValidityPeriod": '"$DAYS"'}}' >pebble.json
systemctl stop pebble pebble-dns 2>/dev/null
systemd-run -q --collect --unit=pebble-dns pebble-challtestsrv -defaultIPv4 127.0.0.1 -defaultIPv6 '' -http01 '' -https01 '' -tlsalpn01 '' -dns01 127.0.0.1:8053 -management 127.0.0.1:8055
systemd-run -q --collect --unit=pebble --setenv=PEBBLE_VA_NOSLEEP=1 --working-directory=/root/pebble pebble -config pebble.json -dnsserver 127.0.0.1:8053
curl -sk -o /dev/null --retry 20 --retry-connrefused --retry-delay 1 ${DIRECTORY}; cat cert.pem`;
const authorityFor = (days: number) => ssh(`DAYS=${days * 86400}\n${AUTHORITY}`);

let states: Record<string, Properties>;
let services: Service[];
let inputs: Record<string, Properties>;

beforeAll(async () => {
  one = await OneMachine.boot("test-certificates", ["openssl", "lego", "pebble", "nginx", "coturn"]);
  await ssh("apt-get install -qqy pebble");
  const bundle = `${await authorityFor(25)}\n`;
  services = [
    ...acmeCertificate({
      name: NAME,
      contact: "hostmaster@example.com",
      authority: { directory: DIRECTORY, bundle },
      usedBy: ["nginx", "coturn"],
    }),
    nginx({ sites: [{ name: NAME, proxies: [{ path: "/", to: 8080, probe: "/" }] }] }),
    coturn({ realm: "example.com", relay: ports(49152, 49200), secret: secret("TURN"), certificate: NAME }),
  ];
  const turnSecret = madeUp();
  inputs = Object.fromEntries(
    services.map((service) => {
      const rendered = service.render(host({ addresses: {} }));
      const conf = rendered.files["/etc/turnserver.conf"];
      if (conf !== undefined && typeof conf.content !== "string")
        conf.content = new Secret(
          conf.content.parts.map((part) => (typeof part === "string" ? part : turnSecret)).join(""),
        ) as never;
      return [service.name, one.service(service.name, rendered)];
    }),
  );
});
afterAll(() => one?.end());

const acmeName = `acme-${NAME}`;
const shown = (port: number) =>
  ssh(
    `openssl s_client -connect 127.0.0.1:${port} -servername ${NAME} </dev/null 2>/dev/null | openssl x509 -noout -issuer -serial`,
  );
const pids = () => ssh("systemctl show -p MainPID --value nginx coturn");
const resolveTo = (ip: string) => ssh(`curl -s -d '{"ip": "${ip}"}' http://127.0.0.1:8055/set-default-ipv4`);
const driftOf = async (name: string) => (await one.drift(inputs[name]!, states[name]!)).paths;
const up = () => one.update(states[acmeName]!, inputs[acmeName]!);
const record = `records["/etc/fleet/${acmeName}.sh"].certificate`;

test("users start with a self-signed one; the authority's takes its place without a restart; then nothing is left to do", async () => {
  states = {};
  for (const name of [`certificate-${NAME}`, "nginx", "coturn"]) states[name] = await one.create(inputs[name]!);
  expect(await shown(443)).toMatch(/^issuer=CN ?= ?www\.example\.com\n/);
  const before = await pids();
  states[acmeName] = await one.settle(inputs[acmeName]!);
  expect(await pids()).toBe(before);
  for (const port of [443, 5349]) expect(await shown(port), String(port)).toMatch(/^issuer=CN ?= ?Pebble Intermediate/);
  for (const { name } of services) expect(await driftOf(name), name).toEqual([]);
  expect(
    await ssh(`cat /etc/ssl/fleet/${NAME}/cert.pem | grep -c BEGIN; stat -Lc %a /etc/ssl/fleet/${NAME}/key.pem`),
  ).toBe("2\n600");
});

test("from outside it is valid by the authority alone", async () => {
  const { address } = (await labStatus(one.stack)).hosts[0]!;
  const authority = await ssh("curl -sk https://127.0.0.1:15000/roots/0");
  const problem = (port: number, trust: "authorities" | { authority: string }) =>
    tlsProblem({ kind: "tls", name: NAME, port, daysLeft: 21, trust }, address);
  for (const port of [443, 5349]) expect(await problem(port, { authority }), String(port)).toBeUndefined();
  expect(await problem(443, "authorities")).toContain("none that is trusted");
});

test("a renewal in time drops no request and restarts nobody", async () => {
  const [before, serials] = [await pids(), [await shown(443), await shown(5349)]];
  expect(
    await ssh(`cd /root; rm -f over asked failed
      (while [ ! -e over ]; do echo x >>asked; curl -sk -o /dev/null --max-time 5 https://127.0.0.1/ || echo x >>failed; done) &
      systemctl start ${acmeName}; touch over; wait; cat failed 2>/dev/null | wc -l; test $(wc -l <asked) -gt 20 && echo many`),
  ).toBe("0\nmany");
  expect(await pids()).toBe(before);
  for (const [n, port] of [443, 5349].entries()) {
    await expect.poll(() => shown(port)).not.toBe(serials[n]);
    expect(await shown(port)).toMatch(/^issuer=CN ?= ?Pebble/);
  }
});

test("fewer days than declared are drift, which the next run heals; a pair put there by hand as well", async () => {
  await authorityFor(12);
  await ssh(`systemctl start ${acmeName}`);
  expect(await driftOf(acmeName)).toEqual([`${record}.daysLeft`]);
  // The authority was started anew and knows no account: a new one is made.
  await authorityFor(25);
  states[acmeName] = await up();
  expect(await driftOf(acmeName)).toEqual([]);

  await ssh(`cd /etc/ssl/fleet/${NAME} && rm cert.pem key.pem &&
    openssl req -x509 -nodes -newkey rsa:2048 -days 12 -subj /CN=${NAME} -keyout key.pem -out cert.pem 2>/dev/null; chmod 644 key.pem`);
  expect(await driftOf(acmeName)).toEqual(
    ["authority", "daysLeft", "key", "names"].map((field) => `${record}.${field}`),
  );
  states[acmeName] = await up();
  expect(await driftOf(acmeName)).toEqual([]);
});

test("while the authority gives nothing, what runs goes on, and the reason is told", async () => {
  const serial = await shown(443);
  await ssh("systemctl stop pebble");
  // What is valid is not asked for.
  states[acmeName] = await up();
  await expect(ssh(`systemctl start ${acmeName}`)).rejects.toThrow("failed");
  expect(await driftOf(acmeName)).toEqual([`${record}.renewal`]);
  const { message } = await failure(up());
  expect(message).toContain("connection refused");
  expect(await shown(443)).toBe(serial);

  await authorityFor(25);
  await ssh("chmod 700 /var/lib/fleet-acme-challenge");
  const refused = await failure(up());
  expect(refused.message).toContain("urn:ietf:params:acme:error:unauthorized");
  await ssh("chmod 755 /var/lib/fleet-acme-challenge");
  await resolveTo("");
  const unknown = await failure(up());
  expect(unknown.message).toMatch(/urn:ietf:params:acme:error:(dns|unauthorized|connection)/);
  expect(await shown(443)).toBe(serial);
  await resolveTo("127.0.0.1");
  states[acmeName] = await up();
  expect(await driftOf(acmeName)).toEqual([]);
});

test("a renewal that is killed in the middle leaves what was there, and the next one goes through", async () => {
  const serial = await shown(443);
  await ssh(`systemctl kill -s STOP pebble; systemctl start --no-block ${acmeName}
    timeout 20 sh -c 'until pgrep -x lego >/dev/null; do sleep 0.1; done' || exit; systemctl kill -s KILL ${acmeName}; systemctl kill -s CONT pebble`);
  expect(await shown(443)).toBe(serial);
  await ssh(`systemctl reset-failed ${acmeName}; systemctl start ${acmeName}`);
  await expect.poll(() => shown(443)).not.toBe(serial);
  expect(await driftOf(acmeName)).toEqual([]);
});
