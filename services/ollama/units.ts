import { environment, execStart, systemdUnit } from "../../src/render/systemd.ts";
import { hardened } from "../hardening/index.ts";

interface Server {
  program: string;
  account: string;
  listen: string;
}

/** The server. Unlike other programs it may use the devices. */
export const ollamaUnit = ({
  program,
  account,
  listen,
  keepAlive,
  models,
  writes,
}: Server & { keepAlive: string; models: string; writes: string[] }): string =>
  systemdUnit({
    Unit: {
      Description: "Ollama language model server",
      Wants: "network-online.target",
      After: "network-online.target",
    },
    Service: {
      ExecStart: `${program} serve`,
      User: account,
      Environment: environment({
        OLLAMA_HOST: listen,
        OLLAMA_KEEP_ALIVE: keepAlive === "forever" ? "-1" : keepAlive,
        OLLAMA_MODELS: models,
      }),
      Restart: "always",
      RestartSec: 3,
      ...hardened({ writes, loosened: { devices: "a GPU, where there is one" } }),
    },
    Install: { WantedBy: "multi-user.target" },
  });

/**
 * Fetches what is missing: gigabytes, so that nothing waits for it and it may take hours. The server writes them, once
 * it answers: that it was started says nothing about that.
 */
export const modelsUnit = ({ program, account, listen }: Server, models: string[]): string =>
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
        `until ${program} list >/dev/null 2>&1; do sleep 1; done; for model in ${models.join(" ")}; ` +
          `do ${program} show $model >/dev/null 2>&1 || ${program} pull $model || exit 1; done`,
      ]),
      Restart: "on-failure",
      RestartSec: 60,
      ...hardened(),
    },
    Install: { WantedBy: "multi-user.target" },
  });
