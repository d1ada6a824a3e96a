import { describe, expect, test } from "vitest";
import { app } from "../../services/app/index.ts";
import { cronJob } from "../../services/cron-job/index.ts";
import { job } from "../../services/job/index.ts";
import { ollama } from "../../services/ollama/index.ts";
import { showPort } from "../../src/model/port.ts";
import { cron, daily, timerAt } from "../../src/model/schedule.ts";
import { secret } from "../../src/model/text.ts";
import { fileText, host, secretFiles, unitText } from "./render.ts";

const program = { name: "relay", description: "Relays", run: "/opt/relay", port: 8100 };
const full = app({
  ...program,
  interpreter: "/usr/bin/python3",
  after: ["ollama"],
  secrets: { API_KEY: secret("KEY") },
});

describe("app", () => {
  test("runs under its own account, with its secrets from a file of root's, and little else allowed", () => {
    expect(unitText(full, "relay.service").split("\n")).toEqual(
      expect.arrayContaining([
        "ExecStart=/usr/bin/python3 /opt/relay",
        "User=relay",
        "EnvironmentFile=/root/.secrets/relay.env",
        "After=ollama.service",
        "Restart=always",
        "StateDirectory=relay",
        "NoNewPrivileges=yes",
        "ProtectSystem=full",
        "ProtectHome=yes",
      ]),
    );
    expect(fileText(full, "/root/.secrets/relay.env")).toMatch(/^API_KEY=(["'])<secret KEY>\1\n$/);
    expect(secretFiles(full)).toEqual(["0600 /root/.secrets/relay.env"]);
    expect(full.dependsOn).toEqual(["ollama", "secrets-dir"]);
    expect(full.ports).toEqual([{ protocol: "tcp", range: { from: 8100, to: 8100 }, exposure: "loopback" }]);
  });

  test("with nothing but a program: no file, no port, no dependency", () => {
    const bare = app({ name: "tts", description: "Speaks", run: "/opt/tts" });
    expect([bare.ports, bare.dependsOn, bare.render(host()).files]).toEqual([[], [], {}]);
    expect(unitText(bare, "tts.service")).not.toContain("EnvironmentFile");
    expect(bare.render(host()).checks).toMatchObject([{ kind: "command", command: "systemctl is-active tts.service" }]);
  });

  test.each([
    ["a name that is no account", { name: "My App" }, "app.name: must be a POSIX account name"],
    ["a relative path", { run: "opt/relay" }, "app.run: must be an absolute path"],
    ["a path with a command", { run: "/opt/relay; rm -rf /" }, "app.run: must be an absolute path"],
    ["a literal as a secret", { secrets: { API_KEY: "abc" } }, "app.secrets.API_KEY"],
    ["a variable that is none", { secrets: { "api-key": secret("KEY") } }, "must be the name of a variable"],
  ])("%s is refused", (_, change, message) => expect(() => app({ ...program, ...change } as never)).toThrow(message));
});

describe("a program that its owner did not publish", () => {
  const services = [
    ["app", full, "/opt/relay"],
    ["job", job({ name: "batch", description: "Batch", run: "/opt/batch" }), "/opt/batch"],
    ["cron-job", cronJob({ name: "snap", run: "/opt/snap", slots: { am: daily("07:00") } }), "/opt/snap"],
    ["ollama", ollama({ model: "a:b", keepAlive: "forever" }), "/usr/local/bin/ollama"],
  ] as const;
  test.each(services)("%s: is never written on a real host, and refused while it is missing", (_, service, path) => {
    const bundle = service.render(host());
    expect(bundle.files).not.toHaveProperty([path]);
    expect(bundle.validations[0]!.command).toMatch(`test -e ${path} ||`);
  });
  test.each(services)("%s: is stood in for where the stack says so", (_, service, path) => {
    expect(service.render(host({ standIns: true })).files[path]).toMatchObject({
      mode: "0755",
      content: expect.stringContaining("STAND-IN"),
    });
  });
});

describe("job", () => {
  test("a timer starts it; a change never does", () => {
    const nightly = job({
      name: "batch",
      description: "Batch",
      run: "/opt/batch",
      when: timerAt("02:00"),
      secrets: { KEY: secret("KEY") },
    }).render(host());
    expect(nightly.units["batch.service"]).toMatchObject({ enabled: false, active: false, onChange: "nothing" });
    expect(nightly.units["batch.timer"]).toMatchObject({
      enabled: true,
      active: true,
      text: expect.stringContaining("OnCalendar=*-*-* 02:00:00"),
    });
  });
  test("without a time there is no timer", () => {
    expect(Object.keys(job({ name: "batch", description: "Batch", run: "/opt/batch" }).render(host()).units)).toEqual([
      "batch.service",
    ]);
  });
});

describe("cron-job", () => {
  test("each slot is an entry that hands its name on", () => {
    expect(
      cronJob({ name: "snap", run: "/opt/snap", slots: { am: daily("07:30"), pm: cron("0 17 * * 1-5") } }).render(
        host(),
      ).cron,
    ).toEqual({
      "snap-am": { schedule: "30 7 * * *", user: "root", command: "systemd-cat -t snap /opt/snap am" },
      "snap-pm": { schedule: "0 17 * * 1-5", user: "root", command: "systemd-cat -t snap /opt/snap pm" },
    });
  });
  test.each([
    ["no slot", {}, "must name at least one slot"],
    ["an hour that there is not", { am: "0 25 * * *" }, "hour must be from 0 to 23"],
  ])("%s is refused", (_, slots, message) =>
    expect(() => cronJob({ name: "snap", run: "/opt/snap", slots: slots as never })).toThrow(message),
  );
});

describe("ollama", () => {
  test.each([
    ["forever", "-1"],
    ["30m", "30m"],
  ] as const)("keepAlive %s is %s", (keepAlive, value) => {
    expect(unitText(ollama({ model: "a:b", keepAlive }), "ollama.service")).toContain(
      `Environment=OLLAMA_KEEP_ALIVE=${value}\n`,
    );
  });
  test("it listens on the loopback, and fetches only models that are missing", () => {
    const service = ollama({ model: "a:b", otherModels: ["c:d"], keepAlive: "forever" });
    expect(service.ports.map((p) => `${showPort(p)} ${p.exposure}`)).toEqual(["11434/tcp loopback"]);
    expect(unitText(service, "ollama.service")).toContain("Environment=OLLAMA_HOST=127.0.0.1:11434\n");
    expect(unitText(service, "ollama-models.service")).toContain(
      "for model in a:b c:d; do /usr/local/bin/ollama show $$model >/dev/null 2>&1 || " +
        "/usr/local/bin/ollama pull $$model",
    );
  });
  test.each([
    ["a model without a tag", { model: "gemma4", keepAlive: "forever" }, "ollama.model: must be a model with its tag"],
    ["a time without a unit", { model: "a:b", keepAlive: "30" }, "ollama.keepAlive"],
  ])("%s is refused", (_, args, message) => expect(() => ollama(args as never)).toThrow(message));
});
