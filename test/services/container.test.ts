import { describe, expect, test } from "vitest";
import { container } from "../../services/container/index.ts";
import { MESH_SERVICE } from "../../src/model/mesh.ts";
import { showPort } from "../../src/model/port.ts";
import { secret } from "../../src/model/text.ts";
import { fileText, host, secretFiles, unitText } from "./render.ts";

const image = "ghcr.io/owner/api:1.4";
const digest = `sha256:${"a".repeat(64)}`;
const pins = { [image]: digest };
const bare = { name: "api", image, pins } as const;
const full = {
  ...bare,
  login: secret("LOGIN"),
  command: ["serve", "--of", "100 %", "$HOME"],
  environment: { MODE: "fast and loose", WORKERS: 2 },
  secrets: { API_KEY: secret("KEY") },
  volumes: { "/data": { from: "api-data" }, "/etc/api": { from: "/etc/api", readOnly: true } },
  ports: [{ port: 8000 }, { port: 53, at: 5353, protocol: "udp", bind: "mesh" }],
  user: "1000:1000",
  readOnly: true,
  memoryMax: "512M",
  cpuQuota: "150%",
  gpu: true,
  health: { command: ["check", "it's", '"100 %"', "$X"], every: 10, within: 90 },
  after: ["db", "other-host/db"],
} satisfies Parameters<typeof container>[0];
const here = host({ addresses: { mesh: "100.64.0.1" } });
const quadlet = (args: Parameters<typeof container>[0], context = here) =>
  fileText(container(args), "/etc/containers/systemd/api.container", context).split("\n");

describe("by Podman", () => {
  test("all that is declared stands in its Quadlet file, and of secrets the file's path alone", () => {
    const lines = quadlet(full);
    expect(lines).toEqual([
      "[Unit]",
      "Description=api: ghcr.io/owner/api:1.4",
      "Requires=db.service",
      "After=db.service",
      `After=${MESH_SERVICE}.service`,
      "After=tailscaled.service",
      "",
      "[Container]",
      "ContainerName=api",
      `Image=ghcr.io/owner/api@${digest}`,
      "Network=fleet",
      'Exec=serve --of "100 %%" "$$HOME"',
      "EnvironmentFile=/etc/fleet/api.env",
      "EnvironmentFile=/root/.secrets/api.env",
      "Volume=api-data:/data",
      "Volume=/etc/api:/etc/api:ro",
      "PublishPort=127.0.0.1:8000:8000/tcp",
      "PublishPort=100.64.0.1:5353:53/udp",
      "User=1000",
      "Group=1000",
      "ReadOnly=yes",
      "NoNewPrivileges=yes",
      "AddDevice=nvidia.com/gpu=all",
      "LogDriver=journald",
      String.raw`HealthCmd=["check","it's","\"100 %%\"","$$X"]`,
      "HealthInterval=10s",
      "Notify=healthy",
      "PodmanArgs=--authfile=/root/.secrets/api-registry/config.json",
      "",
      "[Service]",
      "ExecStartPre=/usr/bin/podman network create --ignore fleet",
      "Restart=always",
      "RestartSec=3",
      "TimeoutStartSec=90",
      "MemoryMax=512M",
      "CPUQuota=150%",
      "",
      "[Install]",
      "WantedBy=multi-user.target",
      "",
    ]);
    const service = container(full);
    expect(secretFiles(service, here)).toEqual([
      "0600 /root/.secrets/api.env",
      "0600 /root/.secrets/api-registry/config.json",
    ]);
    expect(fileText(service, "/root/.secrets/api.env", here)).toBe("API_KEY=<secret KEY>\n");
    expect(fileText(service, "/etc/fleet/api.env", here)).toBe("MODE=fast and loose\nWORKERS=2\n");
    expect(service.dependsOn).toEqual(["db", "other-host/db", "secrets-dir", MESH_SERVICE]);
    expect(service.ports.map((port) => `${showPort(port)} ${port.exposure}`)).toEqual([
      "8000/tcp loopback",
      "5353/udp mesh",
    ]);
    expect(service.images).toEqual([image]);
  });

  test("its engine is to show it so", () =>
    expect(container(full).render(here).containers).toEqual({
      api: {
        engine: "podman",
        image: `ghcr.io/owner/api@${digest}`,
        command: full.command,
        user: "1000:1000",
        readOnly: true,
        mounts: { "/data": "api-data", "/etc/api": "/etc/api:ro" },
        ports: { "8000/tcp": "127.0.0.1:8000", "53/udp": "100.64.0.1:5353" },
        health: "healthy",
      },
    }));

  test("with nothing but an image: no port, no file but its own, no dependency", () => {
    const service = container(bare);
    const { files, checks, units, containers } = service.render(host());
    expect([service.ports, service.dependsOn, checks, Object.keys(files)]).toEqual([
      [],
      [],
      [],
      ["/etc/containers/systemd/api.container"],
    ]);
    expect(units).toMatchObject({ "api.service": { dropIns: {} } });
    expect(containers.api).toEqual({
      engine: "podman",
      image: `ghcr.io/owner/api@${digest}`,
      readOnly: false,
      mounts: {},
      ports: {},
    });
  });

  test("Quadlet reads its file, and the image is fetched, before anything runs", () =>
    expect(
      container(full)
        .render(here)
        .validations.map(({ command }) => command),
    ).toEqual([
      expect.stringContaining("podman-system-generator --dryrun"),
      `podman image inspect ghcr.io/owner/api@${digest} >/dev/null 2>&1 || ` +
        `podman pull -q --authfile /root/.secrets/api-registry/config.json ghcr.io/owner/api@${digest}`,
    ]));
});

test("by Docker the same declaration is one command, and its engine is to show the same", () => {
  const service = container({ ...full, engine: "docker" });
  const run = unitText(service, "api.service", here)
    .split("\n")
    .find((line) => line.startsWith("ExecStart="));
  expect(run).toBe(
    "ExecStart=/usr/bin/docker --config /root/.secrets/api-registry run --rm --name api --network fleet --log-driver none " +
      "--security-opt no-new-privileges --env-file /etc/fleet/api.env --env-file /root/.secrets/api.env " +
      "--volume api-data:/data --volume /etc/api:/etc/api:ro --publish 127.0.0.1:8000:8000/tcp --publish 100.64.0.1:5353:53/udp " +
      "--user 1000:1000 --read-only --tmpfs /tmp --memory 512m --cpus 1.5 --runtime nvidia --env NVIDIA_VISIBLE_DEVICES=all " +
      String.raw`--health-cmd "'check' 'it'\\''s' '\"100 %%\"' '$$X'" --health-interval 10s ` +
      `ghcr.io/owner/api@${digest} serve --of "100 %%" "$$HOME"`,
  );
  const { containers, validations } = service.render(here);
  expect(containers.api).toEqual({ ...container(full).render(here).containers.api, engine: "docker" });
  expect(service.dependsOn).toContain("docker");
  expect(validations.map(({ command }) => command)).toEqual([
    expect.stringContaining(`|| docker --config /root/.secrets/api-registry pull -q ghcr.io/owner/api@${digest}`),
  ]);
});

test.each<[string, Partial<typeof full> | object, object[]]>([
  ["nothing to ask", {}, []],
  ["a port", { ports: [{ port: 80, at: 8080 }] }, [{ kind: "tcp", address: "127.0.0.1", port: 8080 }]],
  ["a port in the mesh", { ports: [{ port: 80, bind: "mesh" }] }, [{ kind: "tcp", address: "100.64.0.1", port: 80 }]],
  [
    "a path",
    { ports: [{ port: 80, at: 8080 }], health: { path: "/health" } },
    [{ kind: "http", url: "http://127.0.0.1:8080/health", within: 60 }],
  ],
  [
    "a path in the mesh",
    { ports: [{ port: 9 }, { port: 80, bind: "mesh" }], health: { path: "/health", port: 80 } },
    [{ kind: "http", url: "http://100.64.0.1:80/health" }],
  ],
  ["a command, which systemd waits for", { health: { command: ["true"] } }, []],
  ["a command of Docker", { engine: "docker", health: { command: ["true"] } }, [{ kind: "command" }]],
])("it is healthy by %s", (_, more, checks) =>
  expect(container({ ...bare, ...more }).render(here).checks).toMatchObject(checks),
);

test("an image without a digest is refused on the host, with what to do", () =>
  expect(container({ name: "api", image }).render(host()).validations.at(-1)!.command).toMatch(
    /has no digest.*fleet images.*exit 1/,
  ));

test("in the lab a stand-in that says so takes the image's place, without what it can't do", () => {
  const lab = host({ ...here, standIns: true });
  const { containers, validations, files } = container({ ...full, user: "postgres" }).render(lab);
  expect(containers.api).toMatchObject({
    image: "localhost/stand-in/owner/api:1.4",
    ports: { "8000/tcp": "127.0.0.1:8000" },
  });
  expect(containers.api).not.toHaveProperty("command");
  expect(containers.api).not.toHaveProperty("user");
  expect(validations.at(-1)!.command).toContain('"api","1.4","8000","53"');
  expect(quadlet(full, lab).join("\n")).not.toMatch(/HealthCmd|Exec=|nvidia|authfile/);
  expect(Object.keys(files).filter((path) => path.includes("stand-in"))).toHaveLength(2);
  expect(Object.keys(container(full).render(here).files).filter((path) => path.includes("stand-in"))).toEqual([]);
});

test.each<[object, string]>([
  [{ image: "postgres:17" }, "container.image: must name registry"],
  [{ image: "ghcr.io/owner/api" }, "container.image: must have a tag or a digest"],
  [{ pins: { [image]: "1.4" } }, "container.pins"],
  [{ name: "Api" }, "container.name"],
  [{ login: "hunter2" }, "container.login"],
  [{ environment: { A: "x" }, secrets: { A: secret("A") } }, "container.environment.A: is among the secrets"],
  [{ environment: { A: "x\nB=y" } }, "container.environment.A: must be one line"],
  [{ health: { path: "/health" } }, "container.health: is asked over HTTP at a published tcp port"],
  [{ health: { path: "/health", port: 81 }, ports: [{ port: 80 }] }, "container.health: is asked over HTTP"],
  [{ ports: [{ port: 80 }, { port: 81, at: 80 }] }, "container.ports: publishes 80/tcp twice"],
  [{ volumes: { data: { from: "/srv" } } }, "container.volumes"],
  [{ volumes: { "/data": { from: "/srv:rw,exec" } } }, "must be a path or the name of a volume"],
  [{ user: "a b" }, "container.user"],
  [{ memoryMax: "lots" }, "container.memoryMax"],
])("%j is refused", (more, reason) => expect(() => container({ ...bare, ...more })).toThrow(reason));

test("a port is bound to an address that the host has, or refused", () => {
  const port = (bind: string) => container({ ...bare, ports: [{ port: 80, bind }] } as never);
  expect(() => port("mesh").render(host({ addresses: {} }))).toThrow("has no mesh address");
  expect(port("public").render(host()).containers.api!.ports).toEqual({ "80/tcp": "0.0.0.0:80" });
  expect(port("public").ports).toMatchObject([{ exposure: "public" }]);
});
