import { z } from "zod";
import { type Assumed, type Open, settle } from "./assumed.ts";
import { ModelError, parse, showValue } from "./errors.ts";
import {
  awsSchema,
  digitaloceanSchema,
  type hardwareSchema,
  hetznerSchema,
  hostSchema,
  staticSchema,
} from "./host-schema.ts";
import { type Arch, DEFAULT_RELEASE, type DebianRelease, type Os, releaseOfImage } from "./platform.ts";
import type { HostContext } from "./service.ts";

/** What follows from the rest of a host and is always there. */
interface Derived {
  arch: Arch;
}
interface Kept extends Derived {
  /** Refuses replacement and deletion. */
  protect: boolean;
}
export type HetznerHost = z.output<typeof hetznerSchema> & Kept;
export type DigitalOceanHost = z.output<typeof digitaloceanSchema> & Kept;
export type AwsHost = z.output<typeof awsSchema> & Kept;
export type StaticHost = z.output<typeof staticSchema> & Derived;
export type Hardware = z.infer<typeof hardwareSchema>;

/** A machine of the fleet; `kind` says who provides it. */
export type Host = HetznerHost | DigitalOceanHost | AwsHost | StaticHost;

/** Only Debian has releases here. */
type System =
  | { os: "debian" | Assumed<"debian">; release?: DebianRelease | Assumed<DebianRelease> }
  | { os: Os | Assumed<Os>; release?: undefined };
type Fields<S extends z.ZodType> = Open<Omit<z.input<S>, "kind" | "assumptions" | keyof System>>;
type Input<S extends z.ZodType> = Fields<S> & System;
type StaticFields = Omit<Fields<typeof staticSchema>, "hardware">;
type StaticInput = StaticFields & System;

/** A server at Hetzner Cloud. With `adopt` it exists already and is imported. @throws ModelError */
export const hetzner = (input: Input<typeof hetznerSchema>): HetznerHost =>
  build({ kind: "hetzner" }, input) as HetznerHost;
/** A droplet at DigitalOcean. @throws ModelError */
export const digitalocean = (input: Input<typeof digitaloceanSchema>): DigitalOceanHost =>
  build({ kind: "digitalocean" }, input) as DigitalOceanHost;
/** An EC2 instance. Its architecture follows from its type. @throws ModelError */
export const aws = (input: Input<typeof awsSchema>): AwsHost => build({ kind: "aws" }, input) as AwsHost;

const fixed =
  (hardware: Hardware, given: object = {}) =>
  (input: object): StaticHost =>
    build({ kind: "static", hardware, ...given }, input) as StaticHost;
/** A Raspberry Pi. @throws ModelError */
export const pi: (input: StaticInput) => StaticHost = fixed("pi");
/** An NVIDIA Jetson. @throws ModelError */
export const jetson: (input: StaticInput) => StaticHost = fixed("jetson");
/** A Mac; it runs macOS. @throws ModelError */
export const mac: (input: StaticFields) => StaticHost = fixed("mac", { os: "macos" });
/** A small computer on a desk. @throws ModelError */
export const miniPc: (input: StaticInput) => StaticHost = fixed("mini-pc");
/** A rented virtual machine at a provider that the fleet doesn't drive: name it in `provider`. @throws ModelError */
export const vps: (input: StaticInput) => StaticHost = fixed("vps");
/** A physical machine. @throws ModelError */
export const bareMetal: (input: StaticInput) => StaticHost = fixed("bare-metal");

/**
 * What a host file exports by default, checked again: for loaders.
 * @throws ModelError naming the file.
 */
export function parseHost(value: unknown, file: string): Host {
  const refuse = (message: string) => new ModelError("the default export", [{ field: "", message }], file);
  try {
    if (typeof value === "object" && value !== null && "kind" in value) return build({}, value);
  } catch (error) {
    throw error instanceof ModelError ? error.in(file) : refuse(`cannot be read: ${String(error)}`);
  }
  throw refuse(`must be a host, such as hetzner({…}) or pi({…}) (found ${showValue(value)})`);
}

/**
 * The release of a host with Debian: as its file says, else as its image is called, else the newest that the fleet
 * knows. Nothing for another system.
 */
export const releaseOf = (host: Host): DebianRelease | undefined =>
  host.os === "debian" ? (host.release ?? imageRelease(host) ?? DEFAULT_RELEASE) : undefined;

/** What a render may know of a host. */
export const contextOf = (host: Host): HostContext => ({
  name: host.name,
  os: host.os,
  arch: host.arch,
  release: releaseOf(host),
  timeZone: host.timeZone,
  publicPorts: host.publicPorts,
  addresses: { ipv4: host.ipv4, ipv6: host.ipv6, private: host.private, mesh: host.mesh },
});

/** Whether the cloud gives the host its address when it is made. */
export const getsAddress = (host: Host): boolean => host.kind !== "static";

function build(given: object, input: object): Host {
  const { value, assumptions } = settle(input);
  const declared = { ...(value as Record<string, unknown>), ...given };
  const what = "name" in declared ? `host ${showValue(declared.name)}` : "a host without a name";
  const host = parse(hostSchema, assumptions.length ? { ...declared, assumptions } : declared, what);
  const arch = archOf(host);
  if (host.arch && arch && host.arch !== arch) {
    throw new ModelError(what, [
      { field: "arch", message: `"${host.arch}" does not fit: a machine of this type is ${arch}; remove the field` },
    ]);
  }
  const misfit = releaseProblem(host);
  if (misfit) throw new ModelError(what, [{ field: "release", message: misfit }]);
  const derived = { ...host, arch: host.arch ?? arch ?? "amd64" };
  if (derived.kind === "static") return derived;
  if (derived.id && !derived.adopt) {
    throw new ModelError(what, [
      { field: "id", message: "only a machine that exists has an id: add adopt: true, or remove the id" },
    ]);
  }
  return { ...derived, protect: derived.protect ?? derived.adopt };
}

/** Why a host can't have the release that it names. */
function releaseProblem(host: z.output<typeof hostSchema>): string | undefined {
  if (host.release === undefined) return undefined;
  if (host.os !== "debian")
    return `${host.release} is a release of Debian, and this host's os is "${host.os}": remove it`;
  const ofImage = imageRelease(host);
  if (ofImage !== undefined && ofImage !== host.release)
    return `${host.release} does not fit the image, which is of Debian ${ofImage}: remove one of the two`;
  return undefined;
}

const imageRelease = (host: z.output<typeof hostSchema>): DebianRelease | undefined =>
  "image" in host ? releaseOfImage(host.image) : undefined;

/** The architecture that follows from the machine's type; undefined when it may be either. */
function archOf(host: z.output<typeof hostSchema>): Arch | undefined {
  switch (host.kind) {
    case "hetzner":
      return host.type.startsWith("cax") ? "arm64" : "amd64";
    case "digitalocean":
      return "amd64";
    case "aws":
      return /^[a-z]+\d+g[a-z]*\./.test(host.type) ? "arm64" : "amd64";
    case "static":
      return host.hardware === "jetson"
        ? "arm64"
        : (host.arch ?? (host.hardware === "pi" || host.hardware === "mac" ? "arm64" : undefined));
  }
}
