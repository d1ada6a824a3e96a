import { afterAll, beforeAll, expect, test } from "vitest";
import { labDown, labMachine, labStatus, labUp } from "../../src/lab/lifecycle.ts";
import { labPaths } from "../../src/lab/paths.ts";
import { run } from "../../src/setup/run.ts";
import { quiet } from "./quiet.ts";

/** Podman on a lab machine: images that are made there, containers as units of Quadlet. */
const STACK = `test-containers-${process.pid}`;
const ssh = (command: string): Promise<string> =>
  run("ssh", ["-F", labPaths(STACK).sshConfig, "-o", "BatchMode=yes", "-o", "ConnectTimeout=4", "box", command]);
/** What the site answers to whoever comes from outside of the machine. */
const answer = async (): Promise<string> => {
  const { address } = (await labStatus(STACK)).hosts[0]!;
  return run("curl", ["-sS", "--retry", "20", "--retry-connrefused", "--retry-delay", "1", `http://${address}:8080/`]);
};

const files = {
  "/root/image/Containerfile": [
    "FROM localhost/machine",
    "RUN echo 'made in the machine' >/srv/index.html",
    "WORKDIR /srv",
    'CMD ["python3", "-m", "http.server", "80"]',
    "",
  ].join("\n"),
  "/etc/containers/systemd/site.network": "[Network]\nSubnet=10.99.0.0/24\n",
  "/etc/containers/systemd/site.container": [
    "[Container]",
    "Image=localhost/site",
    "Network=site.network",
    "PublishPort=8080:80",
    "StopTimeout=1",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n"),
};

beforeAll(async () => {
  await labUp(
    {
      stack: STACK,
      packages: { 13: ["podman", "crun", "netavark", "aardvark-dns", "catatonit"] },
      adoptedServers: [],
      zones: [],
      accountId: "0".repeat(32),
      staticHosts: [{ name: "box", authorizedKeys: [] }],
    },
    { progress: quiet },
  );
  await ssh("apt-get install -qqy podman crun netavark aardvark-dns catatonit >/dev/null");
  for (const [path, text] of Object.entries(files))
    await ssh(`mkdir -p "$(dirname ${path})"; echo ${Buffer.from(text).toString("base64")} | base64 -d >${path}`);
});
afterAll(() => labDown(STACK, { forget: true }));

test("an image is made of the machine's own files, and another built on it", async () => {
  const folders =
    "usr/bin usr/lib usr/lib64 bin lib lib64 etc srv --exclude=srv/apt --exclude=usr/lib/x86_64-linux-gnu/perl*";
  await ssh(
    `set -e; tar -C / -c ${folders} | podman import -q - localhost/machine >/dev/null; podman build -q -t localhost/site /root/image`,
  );
  expect(await ssh("podman images --format '{{.Repository}}'")).toBe("localhost/site\nlocalhost/machine\n");
});

test("a container of Quadlet starts as a unit, publishes its port and answers from outside", async () => {
  await ssh("systemctl daemon-reload && systemctl start site");
  expect(await answer()).toBe("made in the machine\n");
  expect(await ssh("systemctl is-active site; systemctl show -P MainPID site | xargs ps -o comm=")).toBe(
    "active\nconmon\n",
  );
});

test("containers find one another by name, alone and in a pod", async () => {
  const fetch = `python3 -c 'import urllib.request as r; print(r.urlopen("http://systemd-site/").read().decode(), end="")'`;
  expect(await ssh(`podman run --rm --network systemd-site localhost/machine ${fetch}`)).toBe("made in the machine\n");
  await ssh("podman pod create --name pod --network systemd-site");
  expect(await ssh(`podman run --rm --pod pod localhost/machine ${fetch}`)).toBe("made in the machine\n");
});

test("it is there again after the machine was off", async () => {
  await labMachine(STACK, "box", "stop");
  await labMachine(STACK, "box", "start");
  expect(await answer()).toBe("made in the machine\n");
  expect(await ssh("systemctl --failed --plain --no-legend")).toBe("");
});
