import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { labDown, labMachine, labStatus, labUp } from "../../src/lab/lifecycle.ts";
import { findProcesses } from "../../src/lab/machines/processes.ts";
import { labPaths } from "../../src/lab/paths.ts";
import type { LabSpec } from "../../src/lab/types.ts";
import { OpenSsh } from "../../src/transport/openssh.ts";

const run = promisify(execFile);
const quiet = {
  step: <T>(_: string, work: (note: (text: string) => void) => Promise<T>) => work(() => {}),
  say: () => {},
};
const specOf = (stack: string, ...names: string[]): LabSpec => ({
  stack,
  packages: { 13: ["nginx"] },
  adoptedServers: [],
  zones: [],
  accountId: "0".repeat(32),
  staticHosts: names.map((name, i) => ({ name, authorizedKeys: [], publicAddress: `203.0.113.${i + 1}` })),
});
const A = `test-machines-a-${process.pid}`,
  B = `test-machines-b-${process.pid}`;
const specA = specOf(A, "one", "two", "three"),
  specB = specOf(B, "one");
const ssh = async (stack: string, host: string, command: string): Promise<string> =>
  (
    await run("ssh", ["-F", labPaths(stack).sshConfig, "-o", "BatchMode=yes", "-o", "ConnectTimeout=4", host, command])
  ).stdout.trim();
const up = (spec: LabSpec) => labUp(spec, { progress: quiet });
const hostsOf = async (stack: string) => (await labStatus(stack)).hosts;

/** Whatever these labs have in the kernel. */
async function traces(): Promise<string[]> {
  const ids = [A, B].map((stack) => labPaths(stack).id);
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .filter((line) => line.includes("systemd-nspawn") || line.includes("lab/daemon.ts"));
  const lines = [
    ...processes,
    ...(await run("ip", ["-brief", "link"])).stdout.split("\n"),
    ...(await run("ip", ["netns"])).stdout.split("\n"),
    ...readFileSync("/proc/self/mounts", "utf8").split("\n"),
    ...(await run("find", ["/sys/fs/cgroup", "/run", "-xdev", "-name", "*fl-*"])).stdout.split("\n"),
    ...(await run("find", ["/sys/fs/cgroup", "-name", "*fl-*"])).stdout.split("\n"),
  ];
  return lines.filter((line) => [...ids, A, B].some((name) => line.includes(name)));
}

beforeAll(async () => {
  await up(specA);
});
afterAll(async () => {
  for (const stack of [A, B]) await labDown(stack, { forget: true });
});

test("machines are real: systemd, sshd, cron, their own name, no failed unit", async () => {
  const boot = (host: string) =>
    ssh(
      A,
      host,
      "hostname; systemctl is-system-running --wait; systemctl --failed --plain --no-legend; " +
        "systemctl is-active ssh cron; cat /proc/1/comm",
    );
  expect(await Promise.all(["one", "two", "three"].map(boot))).toEqual(
    ["one", "two", "three"].map((name) => `${name}\nrunning\nactive\nactive\nsystemd`),
  );
});

test("a start file that prints hides no answer; one that keeps the fleet out is named, and what it printed", async () => {
  const transport = new OpenSsh({ include: labPaths(A).sshConfig });
  const startsWith = (line: string) =>
    ssh(A, "one", `cp ~/.bashrc ~/.kept; cat >~/.bashrc <<'END'\nmv ~/.kept ~/.bashrc\n${line}\nEND`);
  await startsWith(String.raw`printf "\033]0;root\007"`);
  const session = await transport.open("one", {});
  expect(await session.run("echo here", { timeoutSeconds: 10 })).toEqual({ exitCode: 0, stdout: "here\n", stderr: "" });
  await session.close();
  await startsWith("printf 'Maintenance: come back later'; exit 3");
  await expect(transport.open("one", {})).rejects.toThrow(
    /^one is unreachable: the shell there ended with code 3 .* "Maintenance: come back later": look at the start files/,
  );
  await transport.close();
});

test("neighbours reach one another by public address, and show theirs; the outside is out of reach", async () => {
  await ssh(A, "two", "systemd-run --quiet --unit=answer python3 -m http.server 8000");
  expect(
    await ssh(
      A,
      "one",
      "curl -sS --retry 20 --retry-connrefused --retry-delay 1 -o /dev/null -w '%{http_code} %{local_ip}' " +
        "http://203.0.113.2:8000/",
    ),
  ).toBe("200 203.0.113.1");
  await expect(ssh(A, "one", "curl -sS -m 2 http://192.0.2.200/")).rejects.toThrow(Error);
});

test("declared packages are installed without a network", async () => {
  await ssh(
    A,
    "one",
    "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qqy nginx >/dev/null 2>&1",
  );
  expect(await ssh(A, "one", "systemctl is-active nginx; curl -sI http://localhost/ | head -1")).toMatch(
    /^active\nHTTP\/1.1 200 OK/,
  );
});

test("network settings are a machine's own; those of this machine are out of its reach", async () => {
  expect(await ssh(A, "one", "sysctl -w net.ipv4.ip_forward=1")).toBe("net.ipv4.ip_forward = 1");
  expect(await ssh(A, "two", "sysctl -n net.ipv4.ip_forward")).toBe("0");
  await expect(ssh(A, "one", "sysctl -w vm.swappiness=7")).rejects.toThrow(Error);
  // The only one of net.* that is not a network namespace's own.
  const hooks = "/proc/sys/net/netfilter/nf_hooks_lwtunnel";
  await expect(ssh(A, "one", `test -e ${hooks} && echo 1 >${hooks}`)).rejects.toThrow(Error);
});

test("WireGuard works between machines, by wireguard-go", async () => {
  const begin = (host: string, address: string) =>
    ssh(
      A,
      host,
      `umask 077; wg genkey >/root/key; systemd-run --quiet --unit=wg wireguard-go -f wg0
    until wg show wg0 >/dev/null 2>&1; do sleep 0.1; done
    wg set wg0 private-key /root/key listen-port 51820; ip address add ${address}/24 dev wg0
    ip link set wg0 up; wg pubkey </root/key`,
    );
  const [one, two] = await Promise.all([begin("one", "10.84.0.1"), begin("two", "10.84.0.2")]);
  await ssh(A, "one", `wg set wg0 peer ${two} allowed-ips 10.84.0.2/32`);
  await ssh(A, "two", `wg set wg0 peer ${one} allowed-ips 10.84.0.1/32 endpoint 203.0.113.1:51820`);
  expect(await ssh(A, "two", "ping -qc 2 -W 5 10.84.0.1")).toContain("2 packets transmitted, 2 received");
});

test("a second `lab up` leaves everything as it is", async () => {
  const started = () => ssh(A, "one", "stat -c %Y /proc/1");
  const before = [await hostsOf(A), await started()];
  await up(specA);
  expect([await hostsOf(A), await started()]).toEqual(before);
});

test("a reboot keeps the disk and the address", async () => {
  await ssh(A, "three", "touch /root/kept /run/lost; systemctl --no-block reboot").catch(() => {});
  await expect
    .poll(() => ssh(A, "three", "ls /root; ls /run/lost 2>&1 || true").catch(() => ""), { timeout: 20_000 })
    .toMatch(/^kept\n.*No such file/);
});

test("a machine stopped by hand stays off until it is started; a paused one hangs", async () => {
  await labMachine(A, "three", "stop");
  await up(specA);
  expect(Object.fromEntries((await hostsOf(A)).map((h) => [h.name, h.running]))).toEqual({
    one: true,
    two: true,
    three: false,
  });
  await expect(ssh(A, "three", "true")).rejects.toThrow(Error);
  await labMachine(A, "three", "start");
  expect(await ssh(A, "three", "ls /root")).toBe("kept");
  await labMachine(A, "three", "pause");
  await expect(ssh(A, "three", "true")).rejects.toThrow(/timed out|banner/i);
  await labMachine(A, "three", "resume");
  expect(await ssh(A, "three", "hostname")).toBe("three");
  await expect(labMachine(A, "nobody", "stop")).rejects.toThrow(/nobody.*one, two, three/);
});

test("a machine with another host key is refused, also after the lab has written its files again", async () => {
  await labMachine(A, "two", "swap-host-key");
  await labMachine(A, "three", "start");
  await expect(ssh(A, "two", "true")).rejects.toThrow(/HOST IDENTIFICATION HAS CHANGED|verification failed/);
  await labMachine(A, "two", "swap-host-key");
  expect(await ssh(A, "two", "hostname")).toBe("two");
});

describe("two labs", () => {
  test("run side by side with machines of the same names and public addresses", async () => {
    await up(specB);
    await ssh(B, "one", "touch /root/this-is-b");
    expect(await ssh(A, "one", "ls /root")).not.toContain("this-is-b");
    expect((await hostsOf(A))[0]!.address).not.toBe((await hostsOf(B))[0]!.address);
  });

  test("of which one goes without a trace and the other stays", async () => {
    await labDown(B, { forget: true });
    expect((await traces()).filter((line) => line.includes(labPaths(B).id) || line.includes(B))).toEqual([]);
    expect(await ssh(A, "one", "hostname")).toBe("one");
  });
});

test("after kill -9 of the daemon the lab comes up again with its disks, keys, ports and tokens", async () => {
  const before = await labStatus(A);
  await killDaemon(A);
  expect((await labStatus(A)).clouds).toEqual({});
  await up(specA);
  expect(await labStatus(A)).toEqual(before);
  expect(await ssh(A, "three", "ls /root")).toBe("kept");
});

test("what a later spec installs can be installed on machines that run", async () => {
  await expect(ssh(A, "one", "apt-get install -qqy tree 2>&1")).rejects.toThrow(Error);
  await up({ ...specA, packages: { 13: ["nginx", "tree"] } });
  await ssh(
    A,
    "one",
    "apt-get install -qqy tree >/dev/null 2>&1 || { apt-get update -qq; apt-get install -qqy tree; }",
  );
  expect(await ssh(A, "one", "tree --version")).toMatch(/^tree v2/);
  await expect(ssh(A, "one", "touch /srv/apt/mine")).rejects.toThrow(Error);
});

test("a later spec brings new hosts", async () => {
  await up(specOf(A, "one", "two", "three", "four"));
  expect(await ssh(A, "four", "hostname")).toBe("four");
});

test("`lab down` leaves nothing, also of a lab whose daemon was killed", async () => {
  expect((await traces()).length).toBeGreaterThan(0);
  await killDaemon(A);
  await labDown(A);
  expect(await traces()).toEqual([]);
  expect((await hostsOf(A)).map((h) => h.running)).toEqual([false, false, false, false]);
  await labDown(A);
  await labDown(A, { forget: true });
  expect(await hostsOf(A)).toEqual([]);
});

async function killDaemon(stack: string): Promise<void> {
  const daemons = findProcesses((args) =>
    args[1]?.endsWith("/lab/daemon.ts") && args[2] === stack ? true : undefined,
  );
  expect(daemons).toHaveLength(1);
  process.kill(daemons[0]!.pid, "SIGKILL");
}
