import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { container } from "../../services/container/index.ts";
import { labPaths } from "../../src/lab/paths.ts";
import { secret } from "../../src/model/text.ts";
import { Secret, type Properties } from "../../src/plugin/types.ts";
import { digestOf } from "../../src/registry/digest.ts";
import { madeUp } from "../provider/fixtures.ts";
import { host, show } from "../services/render.ts";
import { failure, OneMachine } from "./one-machine.ts";

/** Containers by Podman with Quadlet, from Debian's registry on the same machine, with images that are made there. */
const REGISTRY = "127.0.0.1:5000";
const [password, token] = [madeUp(), `it's "${madeUp()}" $HOME #1`];
const login = Buffer.from(`bot:${password}`).toString("base64");
const values: Record<string, string> = {
  LOGIN: JSON.stringify({ auths: { [REGISTRY]: { auth: login } } }),
  TOKEN: token,
};
const beside = (file: string) => readFileSync(join(import.meta.dirname, "../../services/container", file), "base64");

let one: OneMachine, tunnel: ChildProcess;
const ssh = (command: string) => one.ssh(command);

/** An image of the registry, by what its program does. */
const push = (tag: string, command: string[], of = tag) => {
  const python = JSON.stringify(["/usr/bin/python3", ...command]);
  return ssh(
    `sh /root/stand-in.sh /root/builder localhost/made:${of} /root/stand-in-made.py '${python}' 2>/dev/null &&
     /root/builder push -q --authfile /root/auth.json localhost/made:${of} ${REGISTRY}/api:${tag}`,
  );
};
const TUNNEL = 25_000 + (process.pid % 5000);
const pins = async (...tags: string[]) =>
  Object.fromEntries(
    await Promise.all(
      tags.map(async (tag) => [
        `${REGISTRY}/api:${tag}`,
        await digestOf(`127.0.0.1:${TUNNEL}/api:${tag}`, { [`127.0.0.1:${TUNNEL}`]: login }),
      ]),
    ),
  ) as Record<string, string>;

beforeAll(async () => {
  one = await OneMachine.boot("test-container-service", [
    "podman",
    "crun",
    "netavark",
    "aardvark-dns",
    "nftables",
    "docker-registry",
    "apache2-utils",
  ]);
  await ssh(`mkdir -p -m 700 /root/.secrets
    apt-get install -qqy podman crun netavark aardvark-dns nftables docker-registry apache2-utils >/dev/null 2>&1
    echo ${password} | htpasswd -Bin bot >/etc/docker/registry/htpasswd && chmod 644 /etc/docker/registry/htpasswd
    sed -i 's/addr: .*/addr: ${REGISTRY}/' /etc/docker/registry/config.yml
    systemctl restart docker-registry
    printf '[[registry]]\\nlocation = "${REGISTRY}"\\ninsecure = true\\n' >/etc/containers/registries.conf.d/plain.conf
    echo ${beside("stand-in.sh")} | base64 -d >/root/stand-in.sh; echo ${beside("stand-in.py")} | base64 -d >/root/stand-in-made.py
    printf '#!/bin/sh\nexec podman --root /var/lib/containers/builder --runroot /run/builder "$@"\n' >/root/builder; chmod +x /root/builder
    curl -s -o /dev/null --retry 20 --retry-connrefused --retry-delay 1 http://${REGISTRY}/v2/
    echo ${password} | podman login --authfile /root/auth.json -u bot --password-stdin ${REGISTRY} >/dev/null`);
  for (const version of ["v1", "v2", "v3"]) await push(version, ["/stand-in.py", "api", version, "8000"]);
  await push("broken", ["-c", 'raise SystemExit("no configuration")']);
  await push("sick", ["/stand-in.py", "api", "sick", "8001"]);
  await push("latest", [], "v1");
  // The others share their layer, and it is not fetched twice.
  await ssh("echo '# another layer' >>/root/stand-in-made.py");
  await push("large", ["/stand-in.py", "api", "large", "8000"]);
  const config = labPaths(one.stack).sshConfig;
  tunnel = spawn("ssh", ["-F", config, "-o", "ExitOnForwardFailure=yes", "-N", "-L", `${TUNNEL}:${REGISTRY}`, "one"]);
  await vi.waitFor(() => pins("v1"), { timeout: 10_000, interval: 100 });
});
afterAll(async () => {
  tunnel?.kill();
  await one?.end();
});

type Args = Parameters<typeof container>[0];
const inputs = (args: object): Properties => {
  const bundle = container({ name: "api", login: secret("LOGIN"), ports: [{ port: 8000 }], ...args } as Args).render(
    host(),
  );
  for (const file of Object.values(bundle.files))
    if (typeof file.content !== "string")
      file.content = new Secret(
        show(file.content).replace(/<secret (\w+)>/g, (_, name: string) => values[name]!),
      ) as never;
  return one.service("api", bundle);
};
const api = (tag: string, pinned: Record<string, string>, more: object = {}) =>
  inputs({ image: `${REGISTRY}/api:${tag}`, pins: pinned, health: { path: "/health", within: 3 }, ...more });
const version = () =>
  ssh("curl -s http://127.0.0.1:8000/health").then((body) => (JSON.parse(body) as { version: string }).version);
const images = () => ssh(`podman images --format '{{.Repository}}' | grep -c ${REGISTRY}/api`);

let state: Properties, all: Record<string, string>;
const full = {
  command: ["/usr/bin/python3", "/stand-in.py", "api", "100 % of $HOME", "8000"],
  environment: { LOG_LEVEL: "in fo" },
  secrets: { API_TOKEN: secret("TOKEN") },
  volumes: { "/data": { from: "api-data" }, "/configuration": { from: "/etc/fleet", readOnly: true } },
  user: "1000:1000",
  readOnly: true,
  memoryMax: "256M",
};

test("a container comes up by the digest, with all that is declared of it; a second look and run find nothing", async () => {
  all = await pins("v1", "v2", "v3", "broken", "sick", "latest", "large");
  expect(all[`${REGISTRY}/api:latest`]).toBe(all[`${REGISTRY}/api:v1`]);
  state = await one.settle(api("v1", all, full));
  expect(await version()).toBe("100 % of $HOME");
  expect(
    await ssh(
      'podman exec api /usr/bin/python3 -c \'import os; print(os.environ["API_TOKEN"], os.environ["LOG_LEVEL"], os.getuid(), os.access("/data", 4))\'',
    ),
  ).toBe(`${token} in fo 1000 True`);
  expect(await ssh("stat -c '%a %U' /root/.secrets/api.env /root/.secrets/api-registry/config.json")).toBe(
    "600 root\n600 root",
  );
  const seen = await ssh("ps -eo args; journalctl --no-pager");
  for (const secret of [login, token, password]) expect(seen).not.toContain(secret);
});

test("a tag that moves changes nothing; its new digest is a change that is shown, and only the last two images stay", async () => {
  const latest = api("latest", all);
  state = await one.update(state, latest);
  expect(await version()).toBe("v1");
  await push("latest", [], "v2");
  expect((await one.drift(latest, state)).paths).toEqual([]);
  await one.update(state, latest);
  expect(await version()).toBe("v1");

  const moved = api("latest", { ...all, ...(await pins("latest")) });
  expect((await one.drift(moved, state)).paths).toContain("containers.api.image");
  state = await one.update(state, moved);
  expect(await version()).toBe("v2");
  expect(await images()).toBe("2");
  state = await one.update(state, api("v3", all));
  expect([await version(), await images()]).toEqual(["v3", "2"]);
});

const refused: [string, string, () => object | Promise<object>, RegExp][] = [
  [
    "an image that the registry does not have",
    "nothing",
    () => ({ [`${REGISTRY}/api:nothing`]: `sha256:${"0".repeat(64)}` }),
    /manifest unknown/,
  ],
  ["an image without a digest", "v2", () => ({}), /has no digest, and its tag may move: run fleet images/],
  ["a container that exits at once", "broken", () => all, /no configuration/],
  [
    "a container that does not get healthy",
    "sick",
    () => all,
    /health check failed for 3 s: http:\/\/127.0.0.1:8000\/health/,
  ],
];
test.each(refused)("%s: it is told, and the old digest runs", async (_, tag, pinned, reason) => {
  const wanted = await ssh("podman inspect -f '{{.Config.Image}}' api");
  const { message } = await failure(one.update(state, api(tag, (await pinned()) as never)));
  expect(message).toMatch(reason);
  expect(message).not.toContain(login);
  expect(await ssh("podman inspect -f '{{.Config.Image}}' api")).toBe(wanted);
  expect(await version()).toBe("v3");
  expect((await one.drift(api("v3", all), state)).paths).toEqual([]);
});

test("while the registry is down, or the disk is full, an image is not fetched, and what runs goes on", async () => {
  await ssh("systemctl stop docker-registry");
  const large = api("large", all);
  expect((await failure(one.update(state, large))).message).toMatch(/connection refused/);
  await ssh(`systemctl start docker-registry; curl -s -o /dev/null --retry 20 --retry-connrefused --retry-delay 1 http://${REGISTRY}/v2/
    mkdir -p /var/tmp; mount -t tmpfs -o size=1m full /var/tmp`);
  expect((await failure(one.update(state, large))).message).toMatch(/no space left on device/);
  await ssh("umount /var/tmp");
  expect(await version()).toBe("v3");
});

test("what somebody does to the container by hand is drift by its field, and is put back", async () => {
  const v3 = api("v3", all);
  const drift = async () => (await one.drift(v3, state)).paths;
  const again = (...options: string[]) =>
    ssh(`systemctl stop api; podman run -d --rm --name api --network fleet ${options.join(" ")} >/dev/null`);
  const image = await ssh("podman inspect -f '{{.Config.Image}}' api");
  await again("-p 0.0.0.0:8000:8000", "-v /srv:/srv", image);
  expect(await drift()).toEqual(
    expect.arrayContaining([
      'containers.api.ports["8000/tcp"]',
      'containers.api.mounts["/srv"]',
      'units["api.service"].active',
    ]),
  );
  state = await one.update(state, v3);
  expect(await drift()).toEqual([]);
  const pid = await ssh("podman inspect -f '{{.State.Pid}}' api");
  await ssh(`kill -STOP ${pid}`);
  expect(await drift()).toEqual(["containers.api.health"]);
  await ssh(`kill -CONT ${pid}`);
  expect([await drift(), await version()]).toEqual([[], "v3"]);
});

test("a health command is waited for, and told", async () => {
  const asks = (port: number) => [
    "/usr/bin/python3",
    "-c",
    `import urllib.request as r; r.urlopen("http://127.0.0.1:${port}/%24")`,
  ];
  const healthy = (port: number) => api("v3", all, { health: { command: asks(port), every: 1, within: 4 } });
  state = await one.settle(healthy(8000));
  const { message } = await failure(one.update(state, healthy(8009)));
  expect(message).toContain("api.service");
  expect((await one.drift(healthy(8000), state)).paths).toEqual([]);
});

test("killed by the kernel it comes back by itself; taken out of its file it goes, with nothing left", async () => {
  await ssh("kill -9 $(podman inspect -f '{{.State.Pid}}' api)");
  await expect.poll(() => version().catch(() => "down"), { timeout: 60_000 }).toBe("v3");
  await vi.waitFor(() => one.remove(state), { timeout: 30_000 });
  expect(
    await ssh("podman ps -aq; ls /etc/containers/systemd/*.container 2>/dev/null; systemctl is-active api || true"),
  ).toBe("inactive");
});
