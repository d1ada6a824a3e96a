import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

/**
 * What the agent runs, and ends after: it waits until this process closes its end of a pipe, which the kernel does for
 * it however it ends, also by kill -9.
 */
const HOLD = 'echo ready; read -r end; kill "$SSH_AGENT_PID"';

/**
 * Runs work while an ssh-agent of its own, listening at `socket`, holds an SSH key. The key goes there through a pipe
 * and is on no disk; when the work or this process ends, however it does, the agent ends too.
 *
 * @throws Error without the key in it, when there is no ssh-agent or it does not take the key
 */
export async function withSshAgent<T>(key: string, socket: string, work: () => Promise<T>): Promise<T> {
  const close = await startAgent(socket);
  try {
    await addKey(key, socket);
    return await work();
  } finally {
    await close();
  }
}

/** The environment of both programs: the job's secrets are none of their business. */
const bare = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, ...more });

async function startAgent(socket: string): Promise<() => Promise<void>> {
  // Away from this process group: what is sent to that must not take the key from work that is still ending.
  const agent = spawn("ssh-agent", ["-a", socket, "sh", "-c", HOLD], { env: bare(), detached: true });
  let said = "";
  agent.stderr.on("data", (chunk) => (said += chunk));
  agent.stdin.on("error", () => {}); // it has ended before
  const ended = once(agent, "close");
  const ready = once(agent.stdout, "data").then(() => true);
  const isReady = await Promise.race([ready, ended.then(() => false)]).catch((error: Error) => {
    throw new Error(`ssh-agent could not be started: ${error.message}. Install the OpenSSH client`);
  });
  if (!isReady) throw new Error(`ssh-agent could not be started: ${said.trim()}`);
  return async () => {
    agent.stdin.end();
    await ended;
  };
}

async function addKey(key: string, socket: string): Promise<void> {
  const adding = promisify(execFile)("ssh-add", ["-q", "-"], {
    env: bare({ SSH_AUTH_SOCK: socket, SSH_ASKPASS_REQUIRE: "never" }),
  });
  adding.child.stdin!.on("error", () => {}).end(key.endsWith("\n") ? key : `${key}\n`);
  await adding.catch(({ stderr }: { stderr: string }) => {
    throw new Error(`SSH_PRIVATE_KEY: ssh-add does not take it (${stderr.trim()}): give a key without a passphrase`);
  });
}
