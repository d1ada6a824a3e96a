/** The far side of tests says what the real scripts say on this machine. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { lookScript, readLook } from "../../src/provider/systems/look.ts";
import { Local } from "../../src/transport/local.ts";
import { Pool } from "../../src/transport/pool.ts";
import { shape } from "./fixtures.ts";
import { answer, EMPTY, type World } from "./world.ts";

const isRoot = process.getuid?.() === 0 && process.platform === "linux";

test.runIf(isRoot)("a world that is like this machine answers as it does", async () => {
  const root = mkdtempSync("/var/lib/fleet-test-");
  const pool = new Pool(new Local());
  try {
    chmodSync(root, 0o755);
    mkdirSync(`${root}/folder`);
    chmodSync(`${root}/folder`, 0o2750);
    mkdirSync(`${root}/journal/services/web`, { recursive: true });
    writeFileSync(`${root}/same`, "same\n", { mode: 0o644 });
    writeFileSync(`${root}/other`, "other\n");
    chmodSync(`${root}/other`, 0o600);
    writeFileSync(`${root}/file`, "");
    chmodSync(`${root}/file`, 0o644);
    symlinkSync("/etc/passwd", `${root}/link`);
    const record = { file: `${root}/same`, was: "absent" as const };
    writeFileSync(`${root}/journal/services/web/before`, `${JSON.stringify(record)}\n`);
    writeFileSync(`${root}/journal/services/web/unfinished`, "restart a.service\n");
    const content = "same\n";
    const declared = shape({
      packages: ["bash", "no-such-package"],
      groups: { daemon: {}, "no-such-group": {} },
      users: { daemon: {}, "no-such-user": {} },
      directories: { [`${root}/folder`]: {}, [`${root}/absent`]: {}, [`${root}/file`]: {} },
      files: Object.fromEntries(["same", "other", "link", "gone"].map((name) => [`${root}/${name}`, { content }])),
      records: { [`${root}/keeper`]: { a: {} } },
    });
    const world: World = {
      ...EMPTY,
      packages: ["bash"],
      groups: { daemon: { gid: "1", members: [] } },
      users: { daemon: { uid: "1", gid: "1", home: "/usr/sbin", shell: "/usr/sbin/nologin" } },
      directories: { [`${root}/folder`]: { mode: "2750" } },
      files: {
        [`${root}/same`]: { text: content },
        [`${root}/other`]: { text: "other\n", mode: "0600" },
        [`${root}/file`]: { text: "" },
        [`${root}/link`]: { text: "", type: "link" },
      },
      journal: { web: { unfinished: ["restart a.service"], before: [record] }, new: {} },
    };
    const expectations = [
      { service: "web", shape: declared },
      { service: "new", shape: shape({}) },
    ];
    const script = lookScript(expectations, "run", `${root}/journal`);
    const { stdout } = await pool.run("here", {}, script, { timeoutSeconds: 60 });
    const [real, fake] = [stdout, answer(script, world)].map((said) => readLook(said, expectations));
    expect(real![0]!.unknown).toEqual([]);
    expect(fake).toEqual(real);
  } finally {
    await pool.close();
    rmSync(root, { recursive: true });
  }
});
