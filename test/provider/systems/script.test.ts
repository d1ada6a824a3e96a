import { expect, test } from "vitest";
import { HOLD_LIBRARY, INSTALL_LIBRARY } from "../../../src/provider/aspects/packages/install.ts";
import { JOURNAL_LIBRARY } from "../../../src/provider/remote/journal.ts";
import { changeLock } from "../../../src/provider/remote/lock.ts";
import { WRITES } from "../../../src/provider/remote/writes.ts";
import { inPlace } from "../../../src/provider/systems/in-place.ts";
import { LIBRARY } from "../../../src/provider/systems/library.ts";
import { NIXOS_LIBRARY } from "../../../src/provider/systems/nixos-library.ts";
import { planService } from "../../../src/provider/systems/plan.ts";
import { NOTHING } from "../../../src/provider/aspects/shape.ts";
import { KNOWN, shape } from "../fixtures.ts";

test("no function of a script takes the name of another one", () => {
  const libraries = [changeLock("t"), LIBRARY, WRITES, JOURNAL_LIBRARY, HOLD_LIBRARY, INSTALL_LIBRARY, NIXOS_LIBRARY];
  const names = libraries.flatMap((text) => [...text.matchAll(/^(\w+)\(\) [{]/gm)].map(([, name]) => name!));
  expect(names.length).toBeGreaterThan(60);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test("what was there before is written down before packages bring their own, also when they can't be installed", () => {
  const steps = planService(inPlace, shape({ packages: ["nginx"] }), NOTHING, { ...KNOWN, previous: NOTHING });
  const script = inPlace.body([{ n: 0, service: "web", steps }], { token: "t", confirmSeconds: 1 });
  const line = (words: RegExp) => script.findIndex((text) => words.test(text));
  expect(line(/^run 0 .* note_0$/)).toBeGreaterThan(-1);
  expect(line(/^run 0 .* note_0$/)).toBeLessThan(line(/^install_packages nginx/));
});
