import type { Faults } from "./clouds/http/faults.ts";
import type { RequestLog } from "./clouds/http/log.ts";
import { startCloud } from "./clouds/http/server.ts";
import type { CloudDefinition } from "./clouds/http/types.ts";
import type { RunningPlugins } from "./plugins/serve.ts";
import { writeSettings, type CloudName, type LabSettings } from "./settings.ts";

interface Options {
  settings: LabSettings;
  /** Where the settings are kept: who uses the lab finds in them what listens where. */
  path: string;
  log: RequestLog;
  faults: Faults;
}

/** All of a lab that answers: clouds, providers' plugins, the authority. */
export class Listeners {
  readonly #options: Options;
  /** Those first that call the others. */
  readonly #open: { close(): Promise<void> }[] = [];

  constructor(options: Options) {
    this.#options = options;
    Object.assign(options.settings, { running: [], debugProviders: [] });
  }

  async serve(name: CloudName, cloud: CloudDefinition): Promise<void> {
    const { log, faults } = this.#options;
    const { ports, running } = this.#options.settings;
    const onCrash = (error: unknown, method: string, path: string) => console.error(method, path, error);
    const server = await onFreePort(ports[name], (port) => startCloud(cloud, { log, faults, onCrash, port }));
    ports[name] = server.port;
    running.push(name);
    this.add(server);
  }

  /** Lets engines find plugins. */
  async offer(plugins: RunningPlugins): Promise<void> {
    this.add(plugins);
    this.#options.settings.debugProviders.push(plugins.debugProviders);
    await writeSettings(this.#options.path, this.#options.settings);
  }

  /** @param server is closed with the lab */
  add(server: { close(): Promise<void> }): void {
    this.#open.unshift(server);
  }

  async close(): Promise<void> {
    for (const server of this.#open) await server.close();
  }
}

/** The port from last time if it is still free, so that what was told of the lab stays true; else any. */
async function onFreePort<T>(last: number | undefined, listen: (port: number) => Promise<T>): Promise<T> {
  return listen(last ?? 0).catch((error) => {
    if (last === undefined) throw error;
    return listen(0);
  });
}
