import { expect, test } from "vitest";
import { Local } from "../../src/transport/local.ts";
import { frame, RUNNER, runnerReader, type RunnerEvent } from "../../src/transport/runner.ts";

const stream = "Welcome!\nfleet-ready ssh-ed25519 AAAA root@x\nfleet-done 1 0 4 3\na\nb\n€fleet-done 2 7 0 0\n";
const events: RunnerEvent[] = [
  { kind: "ready", hostKey: "ssh-ed25519 AAAA" },
  { kind: "done", id: 1, exitCode: 0, stdout: "a\nb\n", stderr: "€" },
  { kind: "done", id: 2, exitCode: 7, stdout: "", stderr: "" },
];

test.each([1, 2, 7, 1000])("the runner's output is understood in chunks of %i bytes", (size) => {
  const seen: RunnerEvent[] = [];
  const read = runnerReader((event) => seen.push(event));
  const bytes = Buffer.from(stream);
  for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
  expect(seen).toEqual(events);
});

test("a machine without an ed25519 key is ready all the same", () => {
  const seen: RunnerEvent[] = [];
  runnerReader((event) => seen.push(event))(Buffer.from("fleet-ready \n"));
  expect(seen).toEqual([{ kind: "ready", hostKey: undefined }]);
});

test("a frame counts bytes, not characters", () => {
  expect(frame(3, "echo €", 9).toString()).toBe("3 9 16\necho €\n# end 3");
});

test("any login shell can pass the runner on in single quotes", () => expect(RUNNER).not.toContain("'"));

test.skipIf(process.getuid?.() !== 0)("the same runner works on this machine", async () => {
  const session = await new Local().open("here");
  expect(await session.run("echo hi; exit 3", { timeoutSeconds: 5 })).toEqual({ exitCode: 3, stdout: "hi\n", stderr: "" });
  await session.close();
});
