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
        "Environment=BIND_ADDRESS=127.0.0.1",
        "ReadWritePaths=/var/lib/relay",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
      ]),
    );
    expect(full.render(host())).toMatchObject({
      users: { relay: { home: "/var/lib/relay" } },
      directories: { "/var/lib/relay": { owner: "relay", group: "relay" } },
    });
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

  test("takes variables, words, an account, an address, limits and a folder", () => {
    const service = app({
      ...program,
      environment: { MODE: "fast and loose", WORKERS: 2 },
      arguments: ["--name", "two words", "$HOME", "100%"],
      account: "www-data",
      bind: "mesh",
      memoryMax: "512M",
      cpuQuota: "150%",
      state: "/srv/relay",
    });
    const there = host({ addresses: { mesh: "10.84.0.5" } });
    expect(unitText(service, "relay.service", there).split("\n")).toEqual(
      expect.arrayContaining([
        'ExecStart=/opt/relay --name "two words" "$$HOME" "100%%"',
        "User=www-data",
        "Environment=BIND_ADDRESS=10.84.0.5",
        'Environment="MODE=fast and loose"',
        "Environment=WORKERS=2",
        "MemoryMax=512M",
        "CPUQuota=150%",
        "ReadWritePaths=/srv/relay",
        "After=wireguard.service",
      ]),
    );
    const bundle = service.render(there);
    expect([bundle.users, bundle.directories["/srv/relay"]]).toMatchObject([{}, { owner: "www-data", group: "root" }]);
    expect(bundle.checks).toMatchObject([{ kind: "tcp", port: 8100, address: "10.84.0.5" }]);
    expect(bundle.validations[1]!.command).toContain("id -u www-data");
    expect([service.ports[0]!.exposure, service.dependsOn]).toEqual(["mesh", ["wireguard"]]);
    expect(() => service.render(host())).toThrow("host here has no mesh address: give mesh in its host file");
  });

  test.each([
    ["loopback", "127.0.0.1", "127.0.0.1", []],
    ["private", "10.0.0.2", "10.0.0.2", []],
    ["public", "0.0.0.0", "127.0.0.1", [{ kind: "tcp", port: 8100, open: true }]],
  ] as const)("bound for %s: told, checked and probed", (bind, told, checked, probes) => {
    const [service, there] = [app({ ...program, bind }), host({ addresses: { private: "10.0.0.2" } })];
    expect(unitText(service, "relay.service", there)).toContain(`Environment=BIND_ADDRESS=${told}\n`);
    expect(service.render(there).checks).toMatchObject([{ address: checked }]);
    expect(service.probes(there)).toEqual(probes);
    expect(service.ports).toMatchObject([{ exposure: bind }]);
  });

  test("a program that does not read a variable is refused", () => {
    const { validations } = app({ ...program, environment: { MODEL: "a:b" }, mustRead: ["MODEL"] }).render(host());
    expect(validations[1]!.command).toMatch(/^grep -q MODEL \/opt\/relay \|\|/);
  });

  test.each([
    ["a name that is no account", { name: "My App" }, "app.name: must be a POSIX account name"],
    ["a relative path", { run: "opt/relay" }, "app.run: must be an absolute path"],
    ["a path with a command", { run: "/opt/relay; rm -rf /" }, "app.run: must be an absolute path"],
    ["a literal as a secret", { secrets: { API_KEY: "abc" } }, "app.secrets.API_KEY"],
    ["a variable that is none", { secrets: { "api-key": secret("KEY") } }, "must be the name of a variable"],
    [
      "a variable twice",
      { environment: { KEY: "a" }, secrets: { KEY: secret("KEY") } },
      "app.environment.KEY: is among the secrets",
    ],
    ["an address without a port", { port: undefined, bind: "mesh" }, "app.bind: needs a port"],
    ["a program in a home that is hidden", { run: "/home/me/relay" }, "app.run: lies in a home"],
    ["a folder of everybody's", { state: "/srv" }, "app.state: must be a folder of its own"],
    ["a folder of the system's", { state: "/var/lib" }, "app.state: must be a folder of its own"],
    ["a folder of another program's settings", { state: "/etc/ssh" }, "app.state: must be a folder of its own"],
    ["a folder that is hidden", { state: "/root/relay" }, "app.state: must be where the program sees it"],
    ["a size without a unit", { memoryMax: "512" }, 'app.memoryMax: must be a size such as "512M"'],
    ["a share without a unit", { cpuQuota: "1.5" }, 'app.cpuQuota: must be a share such as "150%"'],
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
  test("runs hardened, under an account of its own or a given one", () => {
    const batch = { name: "batch", description: "Batch", run: "/opt/batch" };
    expect(unitText(job(batch), "batch.service")).toContain("User=batch\n");
    const given = job({ ...batch, account: "root", state: "/opt/data", arguments: ["all"], environment: { A: 1 } });
    expect(unitText(given, "batch.service").split("\n")).toEqual(
      expect.arrayContaining([
        "ExecStart=/opt/batch all",
        "User=root",
        "Environment=A=1",
        "ProtectSystem=strict",
        "ReadWritePaths=/opt/data",
      ]),
    );
    expect(given.render(host())).toMatchObject({ users: {}, directories: { "/opt/data": { owner: "root" } } });
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
      "until /usr/local/bin/ollama list >/dev/null 2>&1; do sleep 1; done; for model in a:b c:d; " +
        "do /usr/local/bin/ollama show $$model >/dev/null 2>&1 || " +
        "/usr/local/bin/ollama pull $$model",
    );
  });
  test("models stay where the installer has them, or where the file says; it writes there and to its home", () => {
    const at = (models?: string) => {
      const service = ollama({ model: "a:b", keepAlive: "forever", models });
      return [
        unitText(service, "ollama.service").match(/^(Environment=OLLAMA_MODELS|ReadWritePaths)=.*$/gm),
        Object.keys(service.render(host()).directories),
      ];
    };
    expect(at()).toEqual([
      ["Environment=OLLAMA_MODELS=/usr/share/ollama/.ollama/models", "ReadWritePaths=/usr/share/ollama"],
      ["/usr/share/ollama"],
    ]);
    expect(at("/srv/models")).toEqual([
      ["Environment=OLLAMA_MODELS=/srv/models", "ReadWritePaths=/usr/share/ollama /srv/models"],
      ["/usr/share/ollama", "/srv/models"],
    ]);
  });
  test("the account keeps the groups that the installer gives it, for a GPU", () => {
    const { users, groups } = ollama({ model: "a:b", keepAlive: "forever" }).render(host());
    expect([users.ollama!.groups, Object.keys(groups)]).toEqual([
      ["render", "video"],
      ["render", "video"],
    ]);
  });
  test("a model that is named twice is fetched once", () => {
    const service = ollama({ model: "c:d", otherModels: ["a:b", "c:d"], keepAlive: "forever" });
    expect(unitText(service, "ollama-models.service")).toContain("for model in c:d a:b; do");
  });
  test.each([
    ["a model without a tag", { model: "gemma4", keepAlive: "forever" }, "ollama.model: must be a model with its tag"],
    ["a time without a unit", { model: "a:b", keepAlive: "30" }, "ollama.keepAlive"],
  ])("%s is refused", (_, args, message) => expect(() => ollama(args as never)).toThrow(message));
});
