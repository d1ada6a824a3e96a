import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { standInProgram } from "../../services/stand-in/program.ts";
import { workerScript } from "../../services/stand-in/worker.ts";

const folder = mkdtempSync(join(tmpdir(), "fleet-stand-in-"));
afterAll(() => rmSync(folder, { recursive: true }));

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

describe.skipIf(spawnSync("python3", ["--version"]).status !== 0)("as a program", () => {
  test("a job says what it stands in for and ends well", () => {
    const run = spawnSync("python3", ["-", "apm"], { input: standInProgram("snapshots", "end", []), encoding: "utf8" });
    expect([run.status, run.stdout]).toEqual([0, "stand-in for snapshots: apm\n"]);
  });

  test("a server answers any path with its name and its plain variables", async () => {
    const port = await freePort();
    const file = join(folder, "server.py");
    writeFileSync(file, standInProgram("cache", { serve: port, at: "127.0.0.1" }, ["MODE", "OTHER"]));
    const child = spawn("python3", [file], { stdio: "ignore", env: { ...process.env, MODE: "fast" } });
    try {
      expect(await answer(`http://127.0.0.1:${port}/health`)).toEqual({
        standIn: "cache",
        version: "stand-in",
        path: "/health",
        environment: { MODE: "fast", OTHER: null },
      });
    } finally {
      child.kill();
    }
  });
});

async function answer(url: string): Promise<unknown> {
  for (let i = 0; ; i++) {
    try {
      return await (await fetch(url)).json();
    } catch (error) {
      if (i === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

describe("a Worker's script", () => {
  const path = "stacks/x/workers/photon.js";
  test("is the owner's source where it is there, in a lab as well", () => {
    mkdirSync(join(folder, "stacks/x/workers"), { recursive: true });
    writeFileSync(join(folder, path), "export default {};\n");
    expect([workerScript(folder, path, false), workerScript(folder, path, true)]).toEqual([
      "export default {};\n",
      "export default {};\n",
    ]);
  });
  test("is stood in for only where the stack says so", () => {
    expect(workerScript(folder, "stacks/x/workers/other.js", true)).toContain("STAND-IN");
    expect(() => workerScript(folder, "stacks/x/workers/other.js", false)).toThrow(
      "stacks/x/workers/other.js is not there: put the Worker's source in this place",
    );
  });
});
