import { environment, execStart, systemdUnit } from "../../src/render/systemd.ts";
import { hardening } from "../app/unit.ts";

/** The server. Unlike other programs it may use the devices: a GPU, where there is one. */
export function ollamaUnit(program: string, account: string, listen: string, keepAlive: string): string {
  const { PrivateDevices: _, ...rest } = hardening;
  return systemdUnit({
    Unit: {
      Description: "Ollama language model server",
      Wants: "network-online.target",
      After: "network-online.target",
    },
    Service: {
      ExecStart: `${program} serve`,
      User: account,
      Environment: environment({ OLLAMA_HOST: listen, OLLAMA_KEEP_ALIVE: keepAlive === "forever" ? "-1" : keepAlive }),
      Restart: "always",
      RestartSec: 3,
      ...rest,
    },
    Install: { WantedBy: "multi-user.target" },
  });
}

/** Fetches what is missing: gigabytes, so that nothing waits for it and it may take hours. */
export const modelsUnit = (program: string, account: string, listen: string, models: string[]): string =>
  systemdUnit({
    Unit: { Description: "Ollama models", Requires: "ollama.service", After: "ollama.service" },
    Service: {
      Type: "exec",
      RemainAfterExit: true,
      User: account,
      Environment: environment({ OLLAMA_HOST: listen }),
      ExecStart: execStart([
        "/bin/sh",
        "-c",
        `for model in ${models.join(" ")}; ` +
          `do ${program} show $model >/dev/null 2>&1 || ${program} pull $model || exit 1; done`,
      ]),
      Restart: "on-failure",
      RestartSec: 60,
    },
    Install: { WantedBy: "multi-user.target" },
  });
