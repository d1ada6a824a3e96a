import { expect, test } from "vitest";
import { HOLD_LIBRARY, INSTALL_LIBRARY, LOST_LIBRARY } from "../../../src/provider/aspects/packages/install.ts";
import { ASK } from "../../../src/provider/remote/ask.ts";
import { JOURNAL, JOURNAL_LIBRARY } from "../../../src/provider/remote/journal.ts";
import { LOCK_LIBRARY } from "../../../src/provider/remote/lock.ts";
import { WRITES } from "../../../src/provider/remote/writes.ts";
import { LIBRARY } from "../../../src/provider/systems/library.ts";
import { NIXOS_LIBRARY } from "../../../src/provider/systems/nixos-library.ts";

test("no two parts of a script call their functions by the same name: the later one would be taken for both", () => {
  const parts = [
    LIBRARY,
    WRITES,
    ASK,
    JOURNAL_LIBRARY,
    LOCK_LIBRARY,
    JOURNAL.ask(["x"]).join("\n"),
    HOLD_LIBRARY,
    INSTALL_LIBRARY,
    LOST_LIBRARY,
    NIXOS_LIBRARY,
  ];
  const names = parts.flatMap((part) => [...part.matchAll(/^(\w+)\(\) [{(]/gm)].map(([, name]) => name!));
  expect(names.length).toBeGreaterThan(60);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
