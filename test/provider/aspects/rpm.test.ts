/**
 * Hosts with dnf and rpm: the scripts for real on this machine, with stand-ins for those two commands and without
 * Debian's.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serviceResource } from "../../../src/provider/service/index.ts";
import type { Properties } from "../../../src/plugin/types.ts";
import { Local } from "../../../src/transport/local.ts";
import { Pool } from "../../../src/transport/pool.ts";
import { inputsOf } from "../fixtures.ts";

const isRoot = process.getuid?.() === 0 && process.platform === "linux";
const urn = "urn:pulumi:t::fleet::fleet:host:Service::web";
const path = process.env.PATH;

/** Answers as rpm -q --qf does: a line for each package, and a failure when one is not installed. */
const RPM = `#!/bin/sh
printf '%s\\n' "rpm $*" >>FOLDER/calls
[ "$1 $2" = "-q --qf" ] || exit 2
format=$3 missing=0; shift 3; [ "$1" = -- ] && shift
for name; do
  if grep -qxF "$name" FOLDER/installed; then printf "$(printf %s "$format" | sed "s/%{NAME}/$name/")"
  else echo "package $name is not installed"; missing=1; fi
done
exit $missing
`;
const DNF = `#!/bin/sh
printf '%s\\n' "dnf $*" >>FOLDER/calls
[ "$1" = makecache ] && exit
for name; do case $name in no-such-*) echo "Error: Unable to find a match: $name" >&2; exit 1 ;; esac; done
for name; do case $name in install | -*) ;; *) echo "$name" >>FOLDER/installed ;; esac; done
`;

describe.runIf(isRoot)("packages where there is dnf", () => {
  const folder = isRoot ? mkdtempSync("/var/lib/fleet-test-") : "";
  const pool = new Pool(new Local());
  const resource = serviceResource(pool, { folder: `${folder}/journal` });
  const create = async (inputs: Properties) =>
    (await resource.create({ urn, inputs, preview: false, timeoutSeconds: 0 })).state;
  const calls = () => readFileSync(`${folder}/calls`, "utf8").trim().split("\n");

  beforeAll(() => {
    for (const source of ["/usr/sbin", "/usr/bin"]) {
      for (const name of readdirSync(source))
        if (!/^(apt|dpkg|dnf|rpm)/.test(name))
          try {
            symlinkSync(`${source}/${name}`, `${folder}/${name}`);
          } catch {
            /* in both */
          }
    }
    for (const [name, text] of Object.entries({ rpm: RPM, dnf: DNF }))
      writeFileSync(`${folder}/${name}`, text.replaceAll("FOLDER", folder), { mode: 0o755 });
    writeFileSync(`${folder}/installed`, "bash\nnginx-core\n");
    process.env.PATH = folder;
  });
  afterAll(async () => {
    process.env.PATH = path;
    await pool.close();
    rmSync(folder, { recursive: true });
  });

  test("what is missing is installed, by names that only differ in case too, and found afterwards", async () => {
    const state = await create(inputsOf({ packages: ["bash", "nginx", "NetworkManager"] }));
    expect(state.packages).toEqual(["bash", "nginx", "NetworkManager"]);
    expect(calls()).toEqual([
      "rpm -q --qf installed %{NAME}\\n -- bash nginx NetworkManager",
      "dnf install -y -q --setopt=install_weak_deps=False nginx NetworkManager",
      "rpm -q --qf installed %{NAME}\\n -- bash nginx NetworkManager",
    ]);
  });

  test("what is there already is only looked at", async () => {
    rmSync(`${folder}/calls`);
    await create(inputsOf({ packages: ["bash", "nginx"] }));
    expect(calls()).toEqual(["rpm -q --qf installed %{NAME}\\n -- bash nginx"]);
  });

  test("what cannot be found is said in dnf's own words, after a look at fresh lists", async () => {
    rmSync(`${folder}/calls`);
    await expect(create(inputsOf({ packages: ["no-such-thing"] }))).rejects.toThrow(
      /packages could not be installed: no-such-thing[^]*Unable to find a match: no-such-thing/,
    );
    expect(calls().map((call) => call.split(" ").slice(0, 2).join(" "))).toEqual([
      "rpm -q",
      "dnf install",
      "dnf makecache",
      "dnf install",
      "dnf install",
      "rpm -q",
    ]);
  });
});
