import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withSshAgent } from "../../src/ci/ssh-agent.ts";
import { withStackEnvironment } from "../../src/ci/stack-environment.ts";

/** A real ssh-agent, and real signals. */

let folder: string;
let temporary: string;
let key: string;
const publicKey = (): string => join(folder, "key.pub");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-agent-test-"));
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "key")]);
  key = readFileSync(join(folder, "key"), "utf8");
  rmSync(join(folder, "key"));
  temporary = join(folder, "tmp");
  mkdirSync(temporary);
  vi.stubEnv("TMPDIR", temporary);
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const pid of processes(folder)) process.kill(pid, "SIGKILL"); // of a test that has failed
  rmSync(folder, { recursive: true });
});

const environment = (): string =>
  JSON.stringify({ SSH_PRIVATE_KEY: key.trimEnd(), SSH_KNOWN_HOSTS: "web ssh-ed25519 A" });
const agentIn = (config: string): string => /IdentityAgent "(.*)"/.exec(readFileSync(config, "utf8"))![1]!;
/** What is in files under the temporary folder; sockets have no content. */
const contents = (): string =>
  readdirSync(temporary, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join();
/** Processes that were told of a folder. */
const processes = (told: string): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(told);
      } catch {
        return false; // it has just ended
      }
    });
/** An agent is told where its socket is to be. */
const agents = (): number[] => processes(temporary);

test("ssh works with the key, which is in an agent and on no disk, and both are gone afterwards", async () => {
  await withStackEnvironment(
    { FLEET_ENVIRONMENT: environment() },
    async ({ FLEET_SSH_CONFIG: config }) => {
      const settings = execFileSync("ssh", ["-G", "-F", config!, "web"], { encoding: "utf8" }).split("\n");
      expect(settings).toContain(`identityagent ${agentIn(config!)}`);
      expect(settings.filter((line) => line.startsWith("identityfile"))).toEqual(["identityfile none"]);
      expect(settings).toContain(`userknownhostsfile ${join(dirname(config!), "known_hosts")}`);
      // Signs with the private key of this public one, and looks whether the signature holds.
      execFileSync("ssh-add", ["-T", publicKey()], { env: { ...process.env, SSH_AUTH_SOCK: agentIn(config!) } });
      expect(contents()).toContain("web ssh-ed25519 A\n");
      expect(contents()).not.toContain("PRIVATE KEY");
      expect(agents()).toHaveLength(1);
    },
    () => {},
  );
  expect(readdirSync(temporary)).toEqual([]);
  await vi.waitFor(() => expect(agents()).toEqual([]), 5_000);
});

test.each([
  ["is none", () => "s3cret"],
  [
    "has a passphrase",
    () => {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "s3cret", "-f", join(folder, "locked")]);
      return readFileSync(join(folder, "locked"), "utf8");
    },
  ],
])("a key that %s is refused without showing it, and leaves no agent", async (_what, given) => {
  const text = given();
  const error = await withSshAgent(text, join(temporary, "agent"), async () => {}).catch((reason: Error) => reason);
  expect((error as Error).message).toMatch(/^SSH_PRIVATE_KEY: ssh-add does not take it \(.+\): give a key without/);
  for (const line of text.trimEnd().split("\n")) expect((error as Error).message).not.toContain(line);
  await vi.waitFor(() => expect(agents()).toEqual([]), 5_000);
});

test("where there is no ssh-agent it is named", async () => {
  vi.stubEnv("PATH", temporary);
  await expect(withSshAgent(key, join(temporary, "agent"), async () => {})).rejects.toThrow(
    /ssh-agent could not be started: .* Install the OpenSSH client/,
  );
});

/** Stands in for the command: when it is told to end, it needs the key once more. */
const FLEET = `
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
const [, agent] = /IdentityAgent "(.*)"/.exec(readFileSync(process.env.FLEET_SSH_CONFIG, "utf8"));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => setTimeout(() => {
    execFileSync("ssh-add", ["-T", process.env.PUBLIC_KEY], { env: { ...process.env, SSH_AUTH_SOCK: agent } });
    writeFileSync(process.env.ENDED, signal);
    process.exit(5);
  }, 300));
setInterval(() => {}, 1000);
console.error("started");
`;

async function startJob(): Promise<{ job: ChildProcess; ended: Promise<unknown[]> }> {
  mkdirSync(join(folder, "src/cli"), { recursive: true });
  writeFileSync(join(folder, "src/cli/fleet.mjs"), FLEET);
  writeFileSync(join(folder, "reviewed.json"), "{}");
  const job = spawn(process.execPath, [join(import.meta.dirname, "job.ts"), folder], {
    env: {
      PATH: process.env.PATH,
      TMPDIR: temporary,
      STACK: "test",
      RUNNER_TEMP: folder,
      FLEET_ENVIRONMENT: environment(),
      PUBLIC_KEY: publicKey(),
      ENDED: join(folder, "ended"),
    },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  const ended = once(job, "exit");
  await once(job.stderr, "data");
  expect(agents()).toHaveLength(1);
  expect(contents()).not.toContain("PRIVATE KEY");
  return { job, ended };
}

test.each([
  ["the step", 1],
  ["its whole process group", -1],
])(
  "a job that is cancelled by a signal to %s ends when its work has, which has the key until then",
  async (_to, sign) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      const { job, ended } = await startJob();
      process.kill(sign * job.pid!, signal);
      expect(await ended).toEqual([5, null]);
      expect(readFileSync(join(folder, "ended"), "utf8")).toBe(signal);
      expect(readdirSync(temporary)).toEqual([]);
      await vi.waitFor(() => expect(agents()).toEqual([]), 5_000);
    }
  },
  30_000,
);

test("a job that is killed leaves neither an agent nor a key", async () => {
  const { job, ended } = await startJob();
  process.kill(job.pid!, "SIGKILL");
  await ended;
  await vi.waitFor(() => expect(agents()).toEqual([]), 5_000);
  expect(contents()).not.toContain("PRIVATE KEY");
});
