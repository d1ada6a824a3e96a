import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Hosts } from "../../../src/provider/service/hosts.ts";
import { shapeOf } from "../../../src/provider/aspects/shape.ts";
import { inputsOf } from "../fixtures.ts";
import { answer, EMPTY } from "../world.ts";

const kindOf = (script: string): string =>
  script.includes('mkdir -m 0700 "$work"') ? "apply" : script.includes('rm -f "$work/armed"') ? "confirm" : "look";

test("what can cut the line is confirmed before anything else of the host gets a turn, over whichever connection", async () => {
  const ran: string[] = [];
  const hosts = new Hosts({
    ready: async () => {},
    reconnect: () => sleep(20),
    run: async (_host, { address }, script) => {
      ran.push(`${kindOf(script)} over ${address}`);
      await sleep(10);
      return { exitCode: 0, stdout: answer(script, EMPTY), stderr: "" };
    },
  });
  const change = (bundle: object) => ({ desired: shapeOf(inputsOf(bundle)), previous: shapeOf(inputsOf({})) });
  const mesh = { host: "tokyo", service: "ssh", connection: { address: "10.84.0.22" } };
  const open = { host: "tokyo", service: "motd", connection: { address: "192.0.2.1" } };
  await Promise.all([
    hosts.apply(
      mesh,
      change({
        files: { "/etc/ssh/sshd_config.d/20-fleet.conf": { content: "X11Forwarding no\n" } },
        units: { "ssh.service": { onChange: "restart" } },
      }),
    ),
    hosts.apply(open, change({ files: { "/etc/motd": { content: "tokyo\n" } } })),
    sleep(140).then(() => hosts.observe(open, shapeOf(inputsOf({})))),
  ]);
  const guarded = ran.indexOf("apply over 10.84.0.22");
  expect(ran[guarded + 1]).toBe("confirm over 10.84.0.22");
  expect([...ran].sort()).toEqual([
    "apply over 10.84.0.22",
    "apply over 192.0.2.1",
    "confirm over 10.84.0.22",
    "look over 10.84.0.22",
    "look over 192.0.2.1",
    "look over 192.0.2.1",
  ]);
});

test("a change that does not get the lock has nothing to confirm, and says that nothing was touched", async () => {
  const ran: string[] = [];
  const hosts = new Hosts({
    ready: async () => {},
    reconnect: async () => void ran.push("reconnect"),
    run: async (_host, _connection, script) => {
      ran.push(kindOf(script));
      const isApply = kindOf(script) === "apply";
      return {
        exitCode: 0,
        stdout: isApply ? "#fleet:busy 1795973851 x-1\n#fleet:end\n" : answer(script, EMPTY),
        stderr: "",
      };
    },
  });
  const desired = shapeOf(inputsOf({ files: { "/etc/ssh/sshd_config.d/20-fleet.conf": { content: "x\n" } } }));
  const change = { desired, previous: shapeOf(inputsOf({})) };
  await expect(hosts.apply({ host: "tokyo", service: "ssh", connection: {} }, change)).rejects.toThrow(
    "tokyo: another change is under way there since 2026-11-29",
  );
  expect(ran).toEqual(["look", "apply"]);
});
