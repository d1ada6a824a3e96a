import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** What a lab is given at random or by chance, and keeps until it is forgotten. */
export interface LabSettings {
  /** Cloud → the only token that it accepts. */
  tokens: Record<string, string>;
  /** Cloud → where it listens on 127.0.0.1. */
  ports: Record<string, number>;
  /** The clouds that listen now. */
  running: CloudName[];
  /** Where the provider plugins listen, in parts of what PULUMI_DEBUG_PROVIDERS takes. */
  debugProviders: string[];
  /** "10.x.y" */
  subnet?: string;
}

/** Cloud → where its API begins, as the official clients' endpoint settings take it. */
const BASE_PATHS = { hcloud: "/v1", cloudflare: "/client/v4", aws: "", digitalocean: "", tailscale: "" } as const;
export type CloudName = keyof typeof BASE_PATHS;

export const cloudUrl = (settings: LabSettings, cloud: CloudName): string =>
  `http://127.0.0.1:${settings.ports[cloud]}${BASE_PATHS[cloud]}`;

/** The settings of a lab, made when it is new. */
export async function readSettings(path: string): Promise<LabSettings> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as LabSettings;
  return { tokens: { hcloud: newToken(), cloudflare: newToken() }, ports: {}, running: [], debugProviders: [] };
}

/** As long as the vendors' own: the hcloud provider refuses tokens of any other length than 64. */
export const newToken = (): string => randomBytes(32).toString("hex");

export const writeSettings = (path: string, settings: LabSettings): Promise<void> =>
  writePrivate(path, JSON.stringify(settings, undefined, 2));

/** Writes a file whole or not at all, readable by its owner only. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
