import { expect, test } from "vitest";
import { serviceResource } from "../../../src/provider/service/index.ts";
import { PartialFailure, Secret, type Properties } from "../../../src/plugin/types.ts";
import { Fake, type FakeAnswer } from "../../../src/transport/fake.ts";
import { Pool } from "../../../src/transport/pool.ts";
import { UnreachableError } from "../../../src/transport/types.ts";
import { inputsOf, madeUp } from "../fixtures.ts";
import { answer, EMPTY } from "../world.ts";

const urn = "urn:pulumi:t::fleet::fleet:host:Service::web";
const inputs = inputsOf({ packages: ["nginx"], files: { "/etc/fleet/s": { content: new Secret("a"), mode: "0600" } } });
const nothing: FakeAnswer = ({ script }) => answer(script, EMPTY);
const isApply = (script: string) => script.includes('mkdir -m 0700 "$work"');

function setUp(reply = nothing) {
  const transport = new Fake(reply);
  return { transport, resource: serviceResource(new Pool(transport)) };
}
const create = (resource: ReturnType<typeof serviceResource>, news: Properties, preview = false) =>
  resource.create({ urn, inputs: news, preview, timeoutSeconds: 0 });
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error("did not fail");
    },
    (error: unknown) => error as PartialFailure,
  );

test("a preview touches nothing and returns the inputs as state", async () => {
  const { transport, resource } = setUp();
  expect(await create(resource, inputs, true)).toEqual({ id: "ghost-01/web", state: inputs });
  expect(
    await resource.update({
      urn,
      id: "x",
      olds: {},
      oldInputs: {},
      news: inputs,
      preview: true,
      timeoutSeconds: 0,
      ignoreChanges: [],
    }),
  ).toEqual({ state: inputs });
  expect(transport.handshakes).toEqual([]);
});

test("a host that cannot be read is unknown and keeps its state", async () => {
  const { transport, resource } = setUp();
  transport.unreachable.set("ghost-01", "no route");
  const state = { ...inputs, packages: [] };
  const error = await caught(resource.read({ urn, id: "ghost-01/web", inputs, state }));
  expect(error).toBeInstanceOf(PartialFailure);
  expect(error).toMatchObject({
    id: "ghost-01/web",
    state,
    inputs,
    reasons: ["unknown: ghost-01 is unreachable: no route"],
  });
});

test("what was on a machine that its provider no longer has is deleted without it", async () => {
  const { transport } = setUp();
  transport.unreachable.set("ghost-01", "no route");
  const asked: (string | undefined)[] = [];
  const resource = serviceResource(new Pool(transport), {
    isGone: async (machine) => (asked.push(machine), machine === "hcloud:server/gone"),
  });
  const remove = (machine: string) =>
    resource.delete({ urn, id: "", state: { ...inputs, connection: { machine } }, timeoutSeconds: 0 });
  await remove("hcloud:server/gone");
  await expect(remove("hcloud:server/there")).rejects.toThrow(
    "ghost-01 is unreachable: no route. If the host is gone for good",
  );
  expect(asked).toEqual(["hcloud:server/gone", "hcloud:server/there"]);
});

test("a machine is waited for when something is made on it, not when it is looked at or cleared", async () => {
  const { transport, resource } = setUp();
  transport.unreachable.set("ghost-01", "no route");
  const booting = { ...inputs, connection: { address: "192.0.2.1", bootSeconds: 180 } };
  const request = { urn, id: "ghost-01/web", inputs: booting, state: booting, timeoutSeconds: 0 };
  for (const attempt of [() => resource.read(request), () => resource.delete(request), () => create(resource, booting)])
    await caught(attempt());
  expect(transport.handshakes.map(({ connection }) => connection.bootSeconds)).toEqual([0, 180]);
});

test("the way to a host is what the program said last, not what the state was found by", async () => {
  const { transport, resource } = setUp();
  const state = { ...inputs, connection: { address: "192.0.2.1" } };
  const connection = { address: "10.84.0.22", jump: "hub", jumpConnection: { address: "192.0.2.9" } };
  const request = { urn, id: "ghost-01/web", inputs: { ...inputs, connection }, state, timeoutSeconds: 0 };
  const found = await resource.read(request);
  await resource.delete(request);
  expect(transport.runs.length).toBe(2);
  expect(transport.handshakes.map((h) => h.connection)).toEqual([{ ...connection, bootSeconds: 0 }]);
  expect([found!.inputs.connection, found!.state.connection]).toEqual([connection, connection]);
});

test("an answer that makes no sense is unknown too", async () => {
  const { resource } = setUp(() => ({ stdout: "", stderr: "sh: killed", exitCode: 137 }));
  const error = await caught(resource.read({ urn, id: "ghost-01/web", inputs, state: inputs }));
  expect(error.reasons).toEqual(["unknown: ghost-01: the host's answer was cut short (exit code 137): sh: killed"]);
});

test("a host that cannot be reached creates nothing, and deleting says how to go on", async () => {
  const { transport, resource } = setUp();
  transport.unreachable.set("ghost-01", "no route");
  const error = await caught(create(resource, inputs));
  expect(error).toBeInstanceOf(UnreachableError);
  await expect(resource.delete({ urn, id: "ghost-01/web", state: inputs, timeoutSeconds: 0 })).rejects.toThrow(
    `pulumi state delete '${urn}'`,
  );
});

test("a line that breaks during a change leaves a service that is known and tried again", async () => {
  const { resource } = setUp(({ script }) => {
    if (isApply(script)) throw new UnreachableError("ghost-01", "the line broke");
    return answer(script, EMPTY);
  });
  const error = await caught(create(resource, inputs));
  expect(error).toBeInstanceOf(PartialFailure);
  expect(error.id).toBe("ghost-01/web");
  expect(error.message).toMatch(/the line broke.*run up again/);
  expect(
    Object.keys(
      (
        await resource.diff({
          urn,
          id: error.id,
          olds: error.state,
          oldInputs: inputs,
          news: inputs,
          ignoreChanges: [],
        })
      ).detailed,
    ),
  ).toEqual(["packages", 'files["/etc/fleet/s"]']);
});

test("round trips do not grow with the number of services", async () => {
  const { transport, resource } = setUp();
  const hosts = ["a", "b", "c"];
  const services = hosts.flatMap((host) =>
    Array.from({ length: 50 }, (_, i) => ({ ...inputs, host, service: `s${i}` })),
  );
  await Promise.all(
    services.map((state) => resource.read({ urn, id: `${state.host}/${state.service}`, inputs: state, state })),
  );
  expect(transport.runs.map(({ host }) => host).sort()).toEqual(hosts);
  expect(transport.handshakes).toHaveLength(3);
});

test("the number of processes does not grow with the number of services", async () => {
  const { transport, resource } = setUp();
  const service = (i: number) =>
    inputsOf({
      packages: [`p${i}`],
      users: { [`u${i}`]: {} },
      files: { [`/etc/f${i}`]: { content: `${i}` } },
      units: { [`u${i}.service`]: { text: "x" } },
      cron: { [`c${i}`]: { schedule: "0 3 * * *", command: "true" } },
    });
  const observe = async (count: number) => {
    await Promise.all(
      Array.from({ length: count }, (_, i) =>
        resource.read({ urn, id: "ghost-01/web", inputs: service(i), state: service(i) }),
      ),
    );
    return transport.runs
      .at(-1)!
      .script.match(/\b(stat|sha256sum|systemctl|dpkg-query|rpm|getent|readlink|base64|head) -?/g)!.length;
  };
  expect(await observe(40)).toBe(await observe(1));
});

test("when everything is applied and something still differs, that is an error that names it", async () => {
  const { resource } = setUp(({ script }) =>
    isApply(script) ? `#fleet:done 0\n${answer(script, EMPTY)}` : answer(script, EMPTY),
  );
  expect((await caught(create(resource, inputs))).message).toMatch(
    /the host shows it otherwise: packages, files\["\/etc\/fleet\/s"\]/,
  );
});

test("a failure carries its output and journal with every secret hidden", async () => {
  const password = madeUp();
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const { resource } = setUp(({ script }) =>
    isApply(script)
      ? `#fleet:reason 0\n${base64("it failed")}\n#fleet:log 0\n${base64(`env ${password}`)}\n#fleet:journal 0\n` +
        `${base64(`wrong PASSWORD=${password}!`)}\n${answer(script, EMPTY)}`
      : answer(script, EMPTY),
  );
  const secret = inputsOf({
    files: { "/etc/fleet/env": { content: new Secret(`# a comment\nPASSWORD=${password}\n`) } },
  });
  const { message } = await caught(create(resource, secret));
  expect(message).toContain("ghost-01/web: it failed.");
  expect(message).not.toContain(password);
  expect(message).toMatch(/output:\n {4}env \[secret\]\n {2}journal:\n {4}wrong .*\[secret\]!/);
});

test("import finds what goes by the service's name", async () => {
  const { transport, resource } = setUp(({ script }) =>
    answer(script, { ...EMPTY, packages: ["nginx"], units: { "nginx.service": {} } }),
  );
  const found = await resource.read({ urn, id: "cx23/nginx" });
  expect(transport.handshakes[0]!.host).toBe("cx23");
  expect(found).toMatchObject({
    id: "cx23/nginx",
    inputs: {
      host: "cx23",
      service: "nginx",
      packages: ["nginx"],
      units: { "nginx.service": { enabled: true, active: true } },
    },
  });
  await expect(resource.read({ urn, id: "nginx" })).rejects.toThrow('"host/service"');
});
