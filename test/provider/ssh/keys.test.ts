import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeKeyPair } from "../../../src/provider/ssh/keys.ts";

// Each length of comment needs another padding.
test.each(["", "a", "ghost-01", "a much longer comment"])(
  "ssh-keygen reads the private key back: comment %j",
  (comment) => {
    const folder = mkdtempSync(join(tmpdir(), "fleet-test-"));
    try {
      const { publicKey, privateKey } = makeKeyPair(comment);
      writeFileSync(join(folder, "key"), privateKey, { mode: 0o600 });
      expect(execFileSync("ssh-keygen", ["-y", "-f", join(folder, "key")], { encoding: "utf8" }).trim()).toBe(
        publicKey.trim(),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test("no two are alike", () => expect(makeKeyPair("x").publicKey).not.toBe(makeKeyPair("x").publicKey));
