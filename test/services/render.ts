import type { HostContext, Service } from "../../src/model/service.ts";
import { isSecret, type Text } from "../../src/model/text.ts";

export const host = (changes: Partial<HostContext> = {}): HostContext => ({
  name: "here",
  os: "debian",
  arch: "amd64",
  timeZone: "Europe/Helsinki",
  addresses: { ipv4: "192.0.2.1" },
  ...changes,
});

/** A text with its references named: "<secret TOKEN>". */
export const show = (text: Text | undefined): string =>
  text === undefined || typeof text === "string"
    ? (text ?? "")
    : text.parts.map((p) => (typeof p === "string" ? p : `<${p.ref} ${p.name}>`)).join("");

/** The text of one file of a service. */
export const fileText = (service: Service, path: string, context = host()): string =>
  show(service.render(context).files[path]?.content);
/** The text of one unit of a service. */
export const unitText = (service: Service, unit: string, context = host()): string =>
  show(service.render(context).units[unit]?.text);

/** Files that hold a secret, with their modes: "0600 /root/.secrets/x.env". */
export const secretFiles = (service: Service, context = host()): string[] =>
  Object.entries(service.render(context).files)
    .filter(([, f]) => isSecret(f.content))
    .map(([path, f]) => `${f.mode} ${path}`);
