import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const service = join(import.meta.dirname, "../../../services/uptime-kuma");

/** The stand-in for Uptime Kuma and the keeper of its records, as processes of this machine in a throw-away folder. */
export class LocalKuma {
  readonly folder = mkdtempSync(join(tmpdir(), "fleet-kuma-"));
  readonly password = `made-up-${Math.random().toString(36).slice(2)}`;
  url = "";
  private process: ChildProcess | undefined;
  /** Of Kuma, that the stand-in passes for. */
  private readonly version: string;

  constructor(version = "1.23.16") {
    this.version = version;
  }

  async start(): Promise<void> {
    const port = this.url === "" ? await freePort() : Number(new URL(this.url).port);
    this.url = `http://127.0.0.1:${port}`;
    mkdirSync(join(this.folder, "data"), { recursive: true });
    writeFileSync(
      join(this.folder, "settings.json"),
      JSON.stringify({ url: this.url, username: "admin", password: this.password }),
    );
    writeFileSync(
      join(this.folder, "keeper.py"),
      readFileSync(join(service, "keeper.py"), "utf8").replace(
        "/etc/fleet/uptime-kuma.json",
        join(this.folder, "settings.json"),
      ),
    );
    this.process = spawn("python3", [join(service, "stand-in/server.py")], {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        PATH: process.env.PATH,
        PYTHONDONTWRITEBYTECODE: "1",
        STAND_IN_VERSION: this.version,
        UPTIME_KUMA_HOST: "127.0.0.1",
        UPTIME_KUMA_PORT: String(port),
        DATA_DIR: join(this.folder, "data"),
      },
    });
    for (let i = 0; !(await fetch(`${this.url}/api/entry-page`).catch(() => undefined)); i++) {
      if (i === 200) throw new Error("the stand-in does not start");
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    this.process?.kill();
    if (this.process) await once(this.process, "exit");
    this.process = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** What the keeper says; `code` is its exit code. */
  async keeper(verb: "read" | "write" | "remove", ...lines: object[]): Promise<{ code: number; said: string }> {
    const child = spawn("python3", [join(this.folder, "keeper.py"), verb], { stdio: ["pipe", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (text: Buffer) => (said += text.toString()));
    child.stdin.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const [code] = (await once(child, "close")) as [number];
    return { code, said: said.trim() };
  }

  async push(token: string, query: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${this.url}/api/push/${token}?${new URLSearchParams(query)}`);
    return { status: response.status, body: await response.json() };
  }
}

export const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
