import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { labDown, labStatus, labUp } from "../../../src/lab/lifecycle.ts";
import { labPaths } from "../../../src/lab/paths.ts";
import { quiet } from "../quiet.ts";

const run = promisify(execFile);

export const NAME = "tail1234.ts.net";

/** A lab with a tailnet, its machines, and what a person could do to both by hand. */
export class TailnetLab {
  readonly stack: string;
  readonly #machines: string[];

  private constructor(stack: string, machines: string[]) {
    this.stack = stack;
    this.#machines = machines;
  }

  /** With Tailscale on the machines, logged in nowhere. */
  static async boot(stack: string, machines: string[]): Promise<TailnetLab> {
    await labDown(stack, { forget: true });
    const lab = new TailnetLab(stack, machines);
    await lab.up();
    return lab;
  }

  async up(): Promise<void> {
    await labUp(
      {
        stack: this.stack,
        packages: { 13: ["tailscale"] },
        adoptedServers: [],
        zones: [],
        accountId: "0".repeat(32),
        tailnet: { name: NAME, owner: "owner@example.com" },
        staticHosts: this.#machines.map((name) => ({ name, authorizedKeys: [] })),
      },
      { progress: quiet },
    );
  }

  down = (options?: { forget: boolean }): Promise<void> => labDown(this.stack, options);

  /** What a command says on a machine, whatever its exit code, both streams together. `input` reaches its standard input. */
  async ssh(host: string, command: string, input = ""): Promise<string> {
    const args = ["-F", labPaths(this.stack).sshConfig, "-o", "BatchMode=yes", host, `{ ${command}; } 2>&1`];
    const child = spawn("ssh", args, { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end(input);
    const [said] = await Promise.all([text(child.stdout), once(child, "close")]);
    return said.trim();
  }

  async install(host: string): Promise<void> {
    await this.ssh(host, "apt-get update -q && apt-get install -qy tailscale");
  }

  /** Logs a machine in with a key, which goes through no argument. */
  login = (host: string, key: string, more = ""): Promise<string> =>
    this.ssh(
      host,
      `umask 077; cat >/run/key; timeout 30 tailscale up --auth-key=file:/run/key ${more}; rm /run/key`,
      key,
    );

  /** Whether a machine reaches a TCP port of another by its name in the tailnet. */
  async reaches(from: string, to: string, port: number): Promise<boolean> {
    return (await this.ssh(from, `timeout 2 bash -c '</dev/tcp/${to}/${port}' && echo yes`)).endsWith("yes");
  }

  /** Where the API is, and the key that opens it. */
  endpoint = async (): Promise<{ url: string; token: string }> => (await labStatus(this.stack)).clouds.tailscale!;

  /** One request to the API, as curl would send it. */
  async api(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const { url, token } = await this.endpoint();
    const response = await fetch(`${url}/api/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    });
    const said = await response.text();
    const json = (response.headers.get("content-type") ?? "").endsWith("/json")
      ? (JSON.parse(said) as never)
      : ({} as never);
    return { status: response.status, etag: response.headers.get("etag"), text: said, json };
  }

  /** A key for one machine. */
  async key(tags: string[], create: object = {}, expirySeconds = 600): Promise<string> {
    const capabilities = { devices: { create: { tags, preauthorized: true, ...create } } };
    const { json } = await this.api("POST", "/tailnet/-/keys", { capabilities, expirySeconds });
    return (json as { key: string }).key;
  }

  async devices(): Promise<Device[]> {
    return (await this.api("GET", "/tailnet/-/devices")).json.devices as Device[];
  }

  async device(name: string): Promise<Device> {
    return (await this.devices()).find((device) => device.name === `${name}.${NAME}`)!;
  }

  /** "Running", "NeedsLogin" … */
  async state(host: string): Promise<string> {
    return (JSON.parse(await this.ssh(host, "tailscale status --json")) as { BackendState: string }).BackendState;
  }

  /** What a program of this computer says of the API, which it finds by the environment. */
  async client(program: string): Promise<Record<string, unknown>> {
    const { url, token } = await this.endpoint();
    const env = { TAILSCALE_BASE_URL: url, TAILSCALE_API_KEY: token };
    const { stdout } = await run(program, { env });
    const steps = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Step);
    return Object.fromEntries(steps.map(({ step, result, error }) => [step, error ?? result]));
  }
}

interface Step {
  step: string;
  result?: unknown;
  error?: string;
}
export interface Answer {
  status: number;
  etag: string | null;
  text: string;
  json: Record<string, unknown>;
}
export interface Device {
  id: string;
  name: string;
  tags?: string[];
  expires: string;
  keyExpiryDisabled: boolean;
  connectedToControl: boolean;
  authorized: boolean;
  addresses: string[];
}
