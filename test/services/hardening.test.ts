import { describe, expect, test } from "vitest";
import { app } from "../../services/app/index.ts";
import { hardened } from "../../services/hardening/index.ts";
import { unitText } from "./render.ts";
import { sandboxes } from "./sandboxes.ts";

const all = await sandboxes();
const isHardened = (keys: [string, string][]) =>
  keys.some(([key, value]) => key === "ProtectSystem" && value === "strict");

/** Units that have no hardening of services/hardening, with the reason. */
const OTHERS: Record<string, string> = {
  "wireguard.service of wireguard": "makes a network interface, and has a hardening of its own",
  "acme-ghost.alaivos.com.service of acme": "root: puts certificates where their users read them, and reloads those",
  "acme-soc.vault1984.com.service of acme": "the same",
  "certificate-ghost.alaivos.com.service of certificate": "root's openssl, once, with no input from others",
  "certificate-soc.vault1984.com.service of certificate": "root's openssl, too",
};

test("every unit with a program is hardened, or there is a reason", () => {
  expect(all.length).toBeGreaterThan(15);
  const bare = all.filter(({ keys }) => !isHardened(keys) || !keys.some(([key]) => key === "NoNewPrivileges"));
  expect(bare.map(({ label }) => label).sort()).toEqual(Object.keys(OTHERS).sort());
});

test.each(all)("$label writes to nothing but folders of its own account", ({ writes, user, directories }) => {
  expect(writes.filter((path) => directories[path]?.owner !== user)).toEqual([]);
});

test("whatever folder an account has, a unit of that account may write there", () => {
  const units = Map.groupBy(
    all.filter((s) => s.user !== "root"),
    (s) => s.user,
  );
  const closed = all.flatMap(({ directories, label }) =>
    Object.entries(directories)
      .filter(([, { owner }]) => units.has(owner))
      .filter(
        ([path, { owner }]) => !units.get(owner)!.some((s) => s.writes.some((w) => `${path}/`.startsWith(`${w}/`))),
      )
      .map(([path]) => `${label} ${path}`),
  );
  expect(closed).toEqual([]);
});

describe("loosened", () => {
  test.each([
    ["nothing", {}, []],
    ["privileges", { privileges: "it asks sudo" }, ["LockPersonality", "NoNewPrivileges", "RestrictSUIDSGID"]],
    ["files", { files: "it updates itself" }, ["ProtectSystem"]],
    ["temporary", { temporary: "it shares a socket in /tmp" }, ["PrivateTmp"]],
    ["devices", { devices: "it computes on the GPU" }, ["PrivateDevices"]],
    [
      "kernel",
      { kernel: "it sets swappiness" },
      ["ProtectControlGroups", "ProtectKernelModules", "ProtectKernelTunables"],
    ],
    ["sockets", { sockets: "it sniffs packets" }, ["RestrictAddressFamilies"]],
  ])("%s: that is left out, and nothing else", (_, loosened, gone) => {
    const [strict, loose] = [hardened(), hardened({ loosened })];
    expect(
      Object.keys(strict)
        .filter((key) => !(key in loose))
        .sort(),
    ).toEqual(gone);
    expect(strict).toMatchObject(loose);
  });
  test("homes can be read then, and not written", () =>
    expect([hardened().ProtectHome, hardened({ loosened: { homes: "settings" } }).ProtectHome]).toEqual([
      true,
      "read-only",
    ]));
  test("a host file loosens a program, and has to say why", () => {
    const gpu = (loosened: object) => app({ name: "gpu", description: "Computes", run: "/opt/gpu", loosened });
    expect(unitText(gpu({ devices: "it computes on the GPU" }), "gpu.service")).not.toContain("PrivateDevices");
    expect(() => gpu({ devices: " " })).toThrow("app.loosened.devices: must say why");
    expect(() => gpu({ everything: "it is easier" })).toThrow("app.loosened");
  });
});
