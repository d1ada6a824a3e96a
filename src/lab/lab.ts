import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { AUTHORITY_HOST, openAuthority } from "./authority/authority.ts";
import { createCloudflare, seedZone } from "./clouds/cloudflare/index.ts";
import type { DigitalOceanCloud } from "./clouds/digitalocean/index.ts";
import { createHetzner, type HetznerCloud } from "./clouds/hetzner/index.ts";
import { Faults } from "./clouds/http/faults.ts";
import { RequestLog } from "./clouds/http/log.ts";
import { Store } from "./clouds/store.ts";
import { CONNECTORS_HOST } from "./edge/connectors.ts";
import { openEdge } from "./edge/edge.ts";
import { Listeners } from "./listeners.ts";
import { raiseKernelLimits } from "./machines/kernel-limits.ts";
import { makeKeyPair } from "./machines/key-pair.ts";
import { NspawnMachines, type Images } from "./machines/machines.ts";
import { ensureSwitch, removeNetwork } from "./machines/network.ts";
import { labPaths, type LabPaths } from "./paths.ts";
import { startAwsPlugin, startDigitalOceanPlugin, startPlugins, startTailscalePlugin } from "./plugins/serve.ts";
import { cloudUrl, newToken, readSettings, writePrivate, type LabSettings } from "./settings.ts";
import { saveStored } from "./snapshots/save.ts";
import { SshFiles } from "./ssh-files.ts";
import type { LabSpec, MachineAction } from "./types.ts";

/** A lab that runs: its clouds listen, its machines are there. Lives in the daemon. */
export class Lab {
  readonly faults = new Faults();
  readonly log: RequestLog;
  readonly machines: NspawnMachines;
  readonly #paths: LabPaths;
  readonly #settings: LabSettings;
  readonly #store: Store;
  readonly #sshFiles: SshFiles;
  #mesh: LabSpec["mesh"];
  readonly #hetzner: HetznerCloud;
  /** Nothing until a fleet has something there; with the adopted droplets that were booted since. */
  #digitalOcean: { cloud: DigitalOceanCloud; resumed: Set<string> } | undefined;
  readonly #listeners: Listeners;
  #applied: Promise<void> = Promise.resolve();
  /** Adopted servers that were booted since this lab was opened; nothing before the first time. */
  #resumed: Set<string> | undefined;

  /** Brings up a lab's network and clouds, with what they knew before. Machines boot with apply(). */
  static async open(stack: string): Promise<Lab> {
    const paths = labPaths(stack);
    const settings = await readSettings(paths.settings);
    await raiseKernelLimits();
    settings.subnet = await ensureSwitch(paths.id, settings.subnet);
    if (!existsSync(paths.key)) await makeKeyPair(paths.key);
    const operatorKey = (await readFile(`${paths.key}.pub`, "utf8")).trim();
    const lab = new Lab(paths, settings, { subnet: settings.subnet, operatorKey });
    await lab.#listen();
    await lab.#openWorld(settings.subnet);
    return lab;
  }

  private constructor(paths: LabPaths, settings: LabSettings, options: { subnet: string; operatorKey: string }) {
    this.#paths = paths;
    this.#settings = settings;
    this.#store = new Store(paths.store);
    this.log = new RequestLog(this.#store);
    this.#listeners = new Listeners({ settings, path: paths.settings, log: this.log, faults: this.faults });
    this.#sshFiles = new SshFiles(paths);
    this.machines = new NspawnMachines({
      ...options,
      lab: paths.id,
      folder: paths.machines,
      packages: paths.packages,
      onChange: () => this.#writeSshFiles(),
    });
    this.#hetzner = createHetzner({ store: this.#store, machines: this.machines, token: settings.tokens.hcloud! });
  }

  /**
   * Brings up whatever the spec asks for and is not there; what runs is left alone, and what was stopped by hand stays
   * off.
   * @throws Error naming every machine that did not boot; the others did.
   */
  apply(spec: LabSpec, images: Images): Promise<void> {
    // One at a time: whoever asked first may have been killed since, with what it asked for under way.
    const apply = () => this.#apply(spec, images);
    this.#applied = this.#applied.then(apply, apply);
    return this.#applied;
  }

  async #apply(spec: LabSpec, images: Images): Promise<void> {
    await writePrivate(this.#paths.spec, JSON.stringify(spec, undefined, 2));
    this.#mesh = spec.mesh;
    this.machines.images = images;
    await this.#writeSshFiles();
    for (const zone of spec.zones) seedZone(this.#store, { accountId: spec.accountId, ...zone });
    for (const server of spec.adoptedServers) this.#hetzner.seedServer({ authorizedKeys: [], ...server });
    // Asked once for all: it costs a look at every process of this computer.
    const running = new Map((await this.machines.list()).map((machine) => [machine.name, machine.running]));
    await this.#resumeTailnet(spec);
    // In the order of the spec, so that addresses are the same wherever the lab is made.
    for (const host of spec.staticHosts) if (!running.has(host.name)) await this.machines.create(host);
    await allOf([
      ...spec.staticHosts.map(({ name }) => this.#bootStatic(name, running.get(name) ?? false)),
      this.#resumeServers(spec),
      this.#resumeAws(spec),
      this.#resumeDigitalOcean(spec),
    ]);
  }

  #writeSshFiles(): Promise<void> {
    return this.#sshFiles.write(() => this.machines.hosts(), this.#mesh);
  }

  async #bootStatic(name: string, running: boolean): Promise<void> {
    const record = await this.machines.disk(name).readRecord();
    const neverReady = record?.hostKey === undefined;
    if (neverReady || (!running && record.on !== false)) await this.machines.start(name);
  }

  /** Boots the cloud's servers: all that were running once per daemon, and later those that a new spec has brought. */
  async #resumeServers(spec: LabSpec): Promise<void> {
    const names = spec.adoptedServers.map((server) => server.name);
    if (this.#resumed && names.every((name) => this.#resumed!.has(name))) return;
    await this.#hetzner.resume();
    this.#resumed = new Set(names);
  }

  /** moto takes seconds to start: only a fleet that has something at AWS waits for it. */
  async #resumeAws(spec: LabSpec): Promise<void> {
    if (!spec.aws || this.#settings.running.includes("aws")) return;
    const token = (this.#settings.tokens.aws ??= newToken());
    const { createAws } = await import("./clouds/aws/index.ts");
    const aws = await createAws({ store: this.#store, machines: this.machines, token });
    await this.#listeners.serve("aws", aws.definition);
    await this.#listeners.offer(await startAwsPlugin({ url: cloudUrl(this.#settings, "aws"), token }));
    await aws.resume();
  }

  /** The same for droplets, of a fleet that has something at DigitalOcean. */
  async #resumeDigitalOcean({ digitalocean }: LabSpec): Promise<void> {
    if (digitalocean === undefined) return;
    const droplets = digitalocean.adoptedDroplets;
    if (this.#digitalOcean && droplets.every(({ name }) => this.#digitalOcean!.resumed.has(name))) return;
    const { cloud } = this.#digitalOcean ?? { cloud: await this.#startDigitalOcean() };
    for (const droplet of droplets) cloud.seedDroplet({ authorizedKeys: [], ...droplet });
    await cloud.resume();
    this.#digitalOcean = { cloud, resumed: new Set(droplets.map(({ name }) => name)) };
  }

  async #startDigitalOcean(): Promise<DigitalOceanCloud> {
    const token = (this.#settings.tokens.digitalocean ??= newToken());
    const { createDigitalOcean } = await import("./clouds/digitalocean/index.ts");
    const cloud = createDigitalOcean({ store: this.#store, machines: this.machines, token });
    await this.#listeners.serve("digitalocean", cloud.definition);
    await this.#listeners.offer(
      await startDigitalOceanPlugin({ endpoint: cloudUrl(this.#settings, "digitalocean"), token }),
    );
    return cloud;
  }

  /** Before the machines: what they run looks for it when they boot. */
  async #resumeTailnet({ tailnet }: LabSpec): Promise<void> {
    if (!tailnet || this.#settings.running.includes("tailscale")) return;
    const apiKey = (this.#settings.tokens.tailscale ??= `tskey-api-${newToken().slice(0, 48)}`);
    const { createTailscale } = await import("./clouds/tailscale/index.ts");
    await this.#listeners.serve("tailscale", await createTailscale({ ...tailnet, apiKey, paths: this.#paths }));
    await this.#listeners.offer(
      await startTailscalePlugin({ url: cloudUrl(this.#settings, "tailscale"), key: apiKey }),
    );
  }

  /** Does something to a machine as if by hand. @throws Error when there is no such machine. */
  async act(name: string, action: MachineAction): Promise<void> {
    const names = (await this.machines.list()).map((machine) => machine.name);
    if (!names.includes(name))
      throw new Error(`the lab has no machine ${JSON.stringify(name)}: it has ${names.join(", ") || "none"}`);
    const actions: Record<MachineAction, () => Promise<void>> = {
      start: () => this.machines.start(name),
      stop: () => this.machines.stop(name),
      pause: () => this.machines.pause(name, true),
      resume: () => this.machines.pause(name, false),
      "swap-host-key": () => this.machines.swapHostKey(name),
    };
    await actions[action]();
  }

  /** Copies what machines and clouds have stored into a folder, as it is at one moment. */
  save(folder: string): Promise<void> {
    return saveStored(folder, this.#store, this.machines);
  }

  /** Shuts everything down. What is stored stays. */
  async close(): Promise<void> {
    await this.#listeners.close();
    await this.machines.stopAll();
    await removeNetwork(this.#paths.id);
    this.#store.close();
  }

  async #listen(): Promise<void> {
    const { tokens } = this.#settings;
    await this.#listeners.serve("hcloud", this.#hetzner.definition);
    await this.#listeners.serve("cloudflare", createCloudflare(this.#store, tokens.cloudflare!));
    const plugins = await startPlugins({
      cloudflareUrl: cloudUrl(this.#settings, "cloudflare"),
      cloudflareToken: tokens.cloudflare!,
    });
    await this.#listeners.offer(plugins);
  }

  /** Machines find the world's authority for certificates here, and Cloudflare's edge. */
  async #openWorld(subnet: string): Promise<void> {
    const { id: lab, authority: folder, edge: edgeFolder, roots } = this.#paths;
    const at = { lab, subnet, store: this.#store };
    const addressOf = (address: string) => this.machines.withPublicAddress(address);
    const [authority, edge] = await Promise.all([
      openAuthority({ ...at, folder, roots }),
      openEdge({ ...at, folder: edgeFolder, addressOf }),
    ]);
    this.#listeners.add(authority);
    this.#listeners.add(edge);
    this.machines.world = {
      hosts: { [AUTHORITY_HOST]: authority.address, [CONNECTORS_HOST]: edge.address },
      authorities: edge.root + authority.certificate,
    };
  }
}

/** Waits for all, whatever becomes of each. */
async function allOf(work: Promise<unknown>[]): Promise<void> {
  const failures = (await Promise.allSettled(work)).flatMap((r) =>
    r.status === "rejected" ? [(r.reason as Error).message] : [],
  );
  if (failures.length > 0) throw new Error(failures.join("\n\n"));
}
