import { afterAll, beforeAll, expect, test } from "vitest";
import { app } from "../../services/app/index.ts";
import { job } from "../../services/job/index.ts";
import { ollama } from "../../services/ollama/index.ts";
import type { Service } from "../../src/model/service.ts";
import { host } from "../services/render.ts";
import { type Sandbox, sandboxes } from "../services/sandboxes.ts";
import { OneMachine } from "./one-machine.ts";

let one: OneMachine;
beforeAll(async () => {
  one = await OneMachine.boot("test-hardening");
});
afterAll(() => one?.end());

const bundleOf = (service: Service) => one.service(service.name, service.render(host({ standIns: true })));

/** Where no program may write, whatever account it has. */
const FORBIDDEN = "/usr /usr/share /usr/local/bin /etc /opt /srv /var/lib /var/log /root /home /boot /mnt".split(" ");

test("what a unit declares as its folder is writable under its hardening, and nothing else is", async () => {
  const all = await sandboxes();
  // Told what it may write to at once, and what not: one unit each, started as systemd starts the real one.
  await one.ssh(`set -e; mkdir -p /run/tried; cat >/run/try <<'END'
#!/bin/sh
for folder; do (: >"$folder/tried-$$") 2>/dev/null && { rm -f "$folder/tried-$$"; echo "$folder"; }; done; :
END
chmod 755 /run/try
${all.map(tryUnit).join("\n")}
systemctl daemon-reload
systemctl start ${all.map((_, i) => `try-${i}`).join(" ")}`);
  const told = await one.ssh("cd /run/tried && grep -H . * || :");
  const written = Map.groupBy(told.split("\n").filter(Boolean), (line) => line.slice(0, line.indexOf(":")));
  const found = all.map(({ label }, i) => [
    label,
    (written.get(String(i)) ?? []).map((l) => l.slice(l.indexOf(":") + 1)),
  ]);
  expect(found).toEqual(all.map((sandbox) => [sandbox.label, allowed(sandbox)]));
});

const isHardened = ({ keys }: Sandbox) => keys.some(([key]) => key === "ReadWritePaths" || key === "NoNewPrivileges");
/** Root without hardening writes wherever it likes: that is why there is a list of those units. */
const allowed = (sandbox: Sandbox): string[] => {
  const state = sandbox.keys.filter(([key]) => key === "StateDirectory").map(([, name]) => `/var/lib/${name}`);
  return isHardened(sandbox) || state.length > 0 ? [...sandbox.writes, ...state] : [...FORBIDDEN];
};

/** The unit's own sandbox around a program that tries to write. */
function tryUnit(sandbox: Sandbox, i: number): string {
  const { keys, user, writes, directories } = sandbox;
  const other = /^(Exec|Type|Restart|Notify|RemainAfterExit|Environment|LoadCredential|WorkingDirectory|Timeout)/;
  const state = keys.filter(([key]) => key === "StateDirectory").map(([, name]) => `/var/lib/${name}`);
  const lines = keys.filter(([key]) => !other.test(key)).map(([key, value]) => `${key}=${value}`);
  const account = keys.some(([key]) => key === "User") && user !== "root";
  return [
    ...(account ? [`id -u ${user} >/dev/null 2>&1 || useradd -r -U ${user}`] : []),
    ...writes.map((path) => `install -d -m ${directories[path]!.mode} -o ${user} -g ${user} ${path}`),
    `cat >/run/systemd/system/try-${i}.service <<'END'\n[Service]\n${lines.join("\n")}`,
    `Type=oneshot\nStandardOutput=file:/run/tried/${i}`,
    `ExecStart=/run/try ${[...writes, ...state, ...FORBIDDEN].join(" ")}\nEND`,
  ].join("\n");
}

test("ollama pulls its models to where they are on a server that exists, and keeps those that are there", async () => {
  const library = "/usr/share/ollama/.ollama/models/manifests/registry.ollama.ai/library";
  await one.ssh(
    "getent group render >/dev/null || groupadd -r render; id ollama >/dev/null 2>&1 || " +
      "useradd -r -U -m -d /usr/share/ollama -s /bin/false ollama; usermod -a -G render,video ollama; " +
      `mkdir -p ${library}/old && echo before >${library}/old/1b && chown -R ollama: /usr/share/ollama`,
  );
  const state = await one.settle(bundleOf(ollama({ model: "new:2b", otherModels: ["old:1b"], keepAlive: "forever" })));
  await expect.poll(() => one.ssh(`cat ${library}/*/*`), { timeout: 10_000 }).toBe("stand-in\nbefore");
  expect(await one.ssh("id -nG ollama")).toBe("ollama video render");
  expect(await one.ssh("curl -s 127.0.0.1:11434/api/tags")).toContain('{"name": "new:2b"}, {"name": "old:1b"}');

  const elsewhere = ollama({ model: "new:2b", models: "/srv/models", keepAlive: "forever" });
  await one.update(state, bundleOf(elsewhere));
  await expect.poll(() => one.ssh("find /srv/models -type f"), { timeout: 10_000 }).toMatch(/library\/new\/2b$/);
});

test("a program is given its variables, words, account, folder and limits; another variable starts it anew", async () => {
  const router = (model: string) =>
    app({
      name: "router",
      description: "Routes",
      run: "/opt/router.py",
      port: 8100,
      arguments: ["--greeting", "two words; $HOME"],
      environment: { MODEL: model },
      mustRead: ["MODEL"],
      memoryMax: "256M",
      cpuQuota: "50%",
      state: "/srv/router/data",
    });
  const answer = async () => JSON.parse(await one.ssh("curl -s 127.0.0.1:8100/")) as { environment: unknown };
  const state = await one.settle(bundleOf(router("a:1b")));
  expect((await answer()).environment).toEqual({ MODEL: "a:1b" });
  expect(await one.ssh("tr '\\0' '\\n' </proc/$(systemctl show -p MainPID --value router)/cmdline | tail -n 2")).toBe(
    "--greeting\ntwo words; $HOME",
  );
  expect(await one.ssh("systemctl show -p CPUQuotaPerSecUSec,MemoryMax,User router; stat -c %U /srv/router/data")).toBe(
    "CPUQuotaPerSecUSec=500ms\nMemoryMax=268435456\nUser=router\nrouter",
  );
  await one.update(state, bundleOf(router("b:2b")));
  expect((await answer()).environment).toEqual({ MODEL: "b:2b" });
});

test("a program that does not read its variable is left as it is, with the reason", async () => {
  await one.ssh("echo '#!/bin/sh' >/opt/deaf; chmod 755 /opt/deaf");
  const deaf = app({
    name: "deaf",
    description: "x",
    run: "/opt/deaf",
    environment: { MODEL: "a" },
    mustRead: ["MODEL"],
  });
  const real = one.service("deaf", deaf.render(host()));
  await expect(one.create(real)).rejects.toThrow(/\/opt\/deaf does not read MODEL/);
  expect(await one.ssh("ls /etc/systemd/system/deaf.service 2>&1 || :")).toContain("No such file");
});

test("a job of root's reads what is root's, and writes to its own folder alone", async () => {
  await one.ssh(
    "mkdir -p /root/.config; echo key >/root/.config/settings; printf '#!/bin/sh\\n" +
      "cat /root/.config/settings >/opt/data/seen; echo x >/opt/elsewhere\\n' >/opt/collect; chmod 755 /opt/collect",
  );
  const collect = (loosened: object) =>
    job({ name: "collect", description: "x", run: "/opt/collect", account: "root", state: "/opt/data", loosened });
  const state = await one.create(one.service("collect", collect({ homes: "its settings" }).render(host())));
  await one.ssh("systemctl start collect || :");
  expect(await one.ssh("cat /opt/data/seen; ls /opt/elsewhere 2>&1 || :")).toMatch(/^key\nls: .*No such file/);
  await one.update(state, one.service("collect", collect({}).render(host())));
  await one.ssh("systemctl start collect || :");
  expect(await one.ssh("cat /opt/data/seen")).toBe("");
});
