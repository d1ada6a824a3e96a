/**
 * What the fleet provider sends to a host with NixOS, and what it makes of the answer; the scripts for real are tested
 * in test/lab.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PartialFailure, Secret, type Properties } from "../../../src/plugin/types.ts";
import { dataText } from "../../../src/provider/aspects/options/data.ts";
import { LIBRARY } from "../../../src/provider/systems/library.ts";
import { NIXOS_LIBRARY } from "../../../src/provider/systems/nixos-library.ts";
import { serviceResource } from "../../../src/provider/service/index.ts";
import { shapeOf } from "../../../src/provider/aspects/shape.ts";
import { Fake, type FakeAnswer } from "../../../src/transport/fake.ts";
import { Pool } from "../../../src/transport/pool.ts";
import { inputsOf, madeUp } from "../fixtures.ts";
import { answer, EMPTY } from "../world.ts";

const urn = "urn:pulumi:t::fleet::fleet:host:Service::web";
const isApply = (script: string) => script.includes('mkdir -m 0700 "$work"');
const value = madeUp();
const bundle = (over: object = {}) =>
  inputsOf({
    os: "nixos",
    files: {
      "/etc/fleet/app.conf": { content: "plain text\n" },
      "/etc/fleet/app.key": { content: new Secret(value), mode: "0600" },
    },
    ...over,
  });
const nothing: FakeAnswer = ({ script }) => answer(script, EMPTY);
const create = (reply: FakeAnswer, ...inputs: Properties[]) => {
  const transport = new Fake(reply);
  const resource = serviceResource(new Pool(transport));
  const made = Promise.allSettled(
    inputs.map((one, i) =>
      resource.create({ urn, inputs: { ...one, service: `s${i}` }, preview: false, timeoutSeconds: 0 }),
    ),
  );
  return { transport, made, applied: made.then(() => transport.runs.map(({ script }) => script).filter(isApply)) };
};

test("several services of a host share one evaluation and one switch, in this order", async () => {
  const { applied } = create(nothing, bundle(), bundle({ packages: ["curl"] }));
  const scripts = await applied;
  expect(scripts).toHaveLength(1);
  const places = [
    "written' data_0\n",
    "written' data_1\n",
    "evaluate ||",
    "files_0\n",
    "\nrebuild switch >",
    "go_back 0 1",
    "keep_two\n",
  ].map((words) => scripts[0]!.lastIndexOf(words));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(scripts[0]!.match(/^rebuild switch/gm)).toHaveLength(1);
});

test("a secret goes into its file alone, and plain files into the data alone", async () => {
  const [script] = await create(nothing, bundle()).applied;
  expect(script!.split(value)).toHaveLength(2);
  expect(script!.split("plain text")).toHaveLength(2);
  expect(dataText(shapeOf(bundle()))).not.toContain(value);
});

test("what needs no switch has none: a stopped unit, a secret that was changed", async () => {
  const [script] = await create(nothing, bundle({ files: { "/etc/fleet/app.key": { content: new Secret(value) } } }))
    .applied;
  expect(script).not.toMatch(/^(rebuild switch|evaluate \|\|)/m);
});

test("one that may cut the line guards all that come with it: a generation is taken back as a whole", async () => {
  const { applied } = create(nothing, bundle(), bundle({ options: { "networking.firewall.enable": false } }));
  const [script] = await applied;
  expect(script).toContain("systemd-run --quiet --collect --unit=fleet-rollback-");
  for (const n of [0, 1]) expect(script).toContain(`ok ${n} && entered_${n}=yes && fail ${n} "$why"`);
});

test("a refused evaluation fails with Nix' own words and the remedy, without secrets", async () => {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const refused =
    `#fleet:reason 0\n${base64("refused by the evaluation of NixOS")}\n#fleet:log 0\n` +
    `${base64(`error: The option \`a.b' does not exist. ${value}`)}\n`;
  const [made] = await create(({ script }) => `${isApply(script) ? refused : ""}${answer(script, EMPTY)}`, bundle())
    .made;
  const reason = ((made as PromiseRejectedResult).reason as PartialFailure).reasons.join();
  expect(reason).toMatch(
    /refused by the evaluation of NixOS[^]*The option `a.b' does not exist[^]*what to do: correct the option/,
  );
  expect(reason).not.toContain(value);
});

describe("room to evaluate", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fleet-room-"));
    for (const name of ["mkswap", "swapon", "dd"]) {
      writeFileSync(
        join(folder, name),
        `#!/bin/sh\necho ${name} >>${folder}/calls\n[ ${name} = dd ] && : >${folder}/swap.new; exit 0\n`,
      );
      chmodSync(join(folder, name), 0o755);
    }
    writeFileSync(join(folder, "calls"), "");
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const room = (memory: number, swap: number) => {
    writeFileSync(join(folder, "meminfo"), `MemTotal:  ${memory} kB\nMemFree: 1 kB\nSwapTotal:  ${swap} kB\n`);
    execFileSync("sh", ["-c", `${NIXOS_LIBRARY}\nroom ${folder}/meminfo ${folder}/swap`], {
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    return readFileSync(join(folder, "calls"), "utf8").split("\n").filter(Boolean);
  };

  test("a machine with enough memory, or swap, is left alone", () => {
    expect(room(2_000_000, 0)).toEqual([]);
    expect(room(500_000, 1_500_000)).toEqual([]);
  });
  test("a small one gets a swap file once", () => {
    expect(room(500_000, 0)).toEqual(["dd", "mkswap", "swapon"]);
    expect(room(500_000, 0)).toEqual(["dd", "mkswap", "swapon", "swapon"]);
  });
});

describe("going back to the former generation", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "fleet-back-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each([
    ["works: nothing more is told", "exit 0", ""],
    [
      "fails: the log of what failed says so, and why",
      "echo no such account; exit 1",
      "NixOS did not go back to system-1-link, which is to be done by nixos-rebuild switch --rollback:\nno such account\n",
    ],
  ])("%s", (_, switching, log) => {
    mkdirSync(join(folder, "profile/bin"), { recursive: true });
    for (const [name, text] of [
      ["nix-env", "exit 0"],
      ["profile/bin/switch-to-configuration", switching],
    ])
      writeFileSync(join(folder, name!), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    writeFileSync(join(folder, "former"), "system-1-link\n");
    writeFileSync(join(folder, "0.failed"), "");
    const script = `${LIBRARY}\n${NIXOS_LIBRARY}\nwork=${folder} profile=${folder}/profile\ngo_back 0 || :`;
    execFileSync("sh", ["-c", script], { env: { PATH: `${folder}:${process.env.PATH}` } });
    const logFile = join(folder, "0.log");
    expect(existsSync(logFile) ? readFileSync(logFile, "utf8") : "").toBe(log);
  });
});
