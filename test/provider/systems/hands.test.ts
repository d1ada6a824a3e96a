import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROVIDER } from "../fixtures.ts";

/** Commands that write, own, rename, remove or fetch, as scripts have them. */
const TOUCHES =
  /\b(chown|chmod|chgrp|mv|ln|rm|rmdir|mkdir|install|cp|touch|tee) +(-|"?\$|\/)|\bcurl .*-o|sed -i|>"?\$policy/;

/** What none but root can lead elsewhere, whatever a service declares. */
const OWN_PLACES: Record<string, string> = {
  "aspects/packages/install.ts": "/usr/sbin/policy-rc.d, while packages are installed",
  "aspects/time-zone/index.ts": "/etc/localtime",
  "aspects/checks/script.ts": "the body of an answer, in the folder of the apply",
  "aspects/containers/question.ts": "/dev/null, for an answer's body",
  "systems/apply.ts": "the folder of the apply",
  "systems/guard.ts": "the folder of the apply, and its unit in /etc/systemd/system",
  "systems/nixos-library.ts": "a swap file in /var/lib",
};

test("the paths of services are written, owned, renamed, removed and fetched by root's hands alone", () => {
  const files = globSync("{aspects,systems,service}/**/*.ts", { cwd: PROVIDER }).sort();
  expect(files.length).toBeGreaterThan(50);
  const touching = files.filter((file) =>
    readFileSync(join(PROVIDER, file), "utf8")
      .split("\n")
      .some((line) => !/^\s*(\*|\/\/|\/\*)/.test(line) && TOUCHES.test(line)),
  );
  expect(touching).toEqual(Object.keys(OWN_PLACES).sort());
});
