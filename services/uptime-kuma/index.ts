import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { BundleInput } from "../../src/model/bundle.ts";
import { aptSystems } from "../../src/model/platform.ts";
import { tcp } from "../../src/model/port.ts";
import type { HostContext } from "../../src/model/service.ts";
import { service } from "../../src/model/service.ts";
import { refSchema, text } from "../../src/model/text.ts";
import { environment, systemdUnit } from "../../src/render/systemd.ts";
import { hardened } from "../hardening/index.ts";
import { ntfySchema } from "../ntfy/topic.ts";
import { mustExist } from "../stand-in/index.ts";
import { KEEPER } from "./paths.ts";

const home = "/opt/uptime-kuma";
/** Where Kuma keeps its data by itself: one that ran here before goes on with what it has. */
const data = `${home}/data`;
const account = "uptime-kuma";
const port = 3001;
const program = `${home}/server/server.js`;

/**
 * Uptime Kuma on the loopback, with one notification that monitors can send: to an ntfy topic. Kuma itself is put in
 * place by its owner, as its own instructions say (git clone, npm run setup). Monitors are services of their own:
 * services/kuma-monitor.
 */
export const uptimeKuma = service("uptime-kuma", {
  args: z.strictObject({
    /** Who logs in to change monitors; a Kuma that has no account yet gets this one. */
    username: z.string().regex(/^\w+$/, "must be letters, digits and _"),
    password: refSchema.refine((r) => r.ref === "secret", 'must be secret("NAME")'),
    /** The notification's name, and where it goes. */
    notification: z.strictObject({
      name: z.string().regex(/^[\w-]+$/, "must be letters, digits, - and _"),
      ...ntfySchema.shape,
    }),
  }),
  runsOn: { os: aptSystems },
  ports: () => [tcp(port, "loopback")],
  render: (a, host) => ({
    packages: ["python3", ...(host.standIns ? [] : ["nodejs"])],
    users: { [account]: { home: data } },
    directories: { [data]: { mode: "0700", owner: account, group: account } },
    files: {
      [KEEPER]: { content: ownText("keeper.py"), mode: "0755" },
      "/etc/fleet/uptime-kuma.json": {
        content: text`{"url": "http://127.0.0.1:${port}", "username": "${a.username}", "password": "${a.password}"}\n`,
        mode: "0600",
      },
      ...standIns(host),
    },
    units: { "uptime-kuma.service": { text: unit(host) } },
    validations: [mustExist(program)],
    checks: [{ kind: "http", url: `http://127.0.0.1:${port}/api/entry-page`, body: "type" }],
    records: {
      [KEEPER]: {
        [`notification ${a.notification.name}`]: {
          type: "ntfy",
          ntfyserverurl: a.notification.server,
          ntfytopic: a.notification.topic,
          ntfyPriority: 4,
        },
      },
    },
  }),
});

const ownText = (file: string): string => readFileSync(join(import.meta.dirname, file), "utf8");

const standIns = (host: HostContext): BundleInput["files"] =>
  host.standIns
    ? {
        [program]: { content: ownText("stand-in/server.py"), mode: "0755" },
        [`${home}/server/kuma.py`]: { content: ownText("stand-in/kuma.py") },
        [`${home}/server/engine_io.py`]: { content: ownText("stand-in/engine_io.py") },
      }
    : {};

const unit = (host: HostContext): string =>
  systemdUnit({
    Unit: { Description: "Uptime Kuma", Wants: "network-online.target", After: "network-online.target" },
    Service: {
      // One that ran as another account left files of that.
      ExecStartPre: `+/bin/chown -R ${account}: ${data}`,
      ExecStart: host.standIns ? program : `/usr/bin/node ${program}`,
      WorkingDirectory: home,
      User: account,
      Environment: environment({ UPTIME_KUMA_HOST: "127.0.0.1", UPTIME_KUMA_PORT: port, DATA_DIR: `${data}/` }),
      Restart: "always",
      RestartSec: 3,
      ...hardened({ writes: [data] }),
    },
    Install: { WantedBy: "multi-user.target" },
  });
