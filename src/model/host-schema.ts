import { z } from "zod";
import { awsRegions } from "./aws-regions.ts";
import { moneySchema } from "./cost.ts";
import { archSchema, debianReleaseSchema, osSchema } from "./platform.ts";
import { portSchema, publicPortSchema } from "./port.ts";
import type { Service } from "./service.ts";
import { statusSchema } from "./status.ts";
import { timeZoneSchema } from "./time-zone.ts";

/** A host's name: its file's name, its label in every cloud, and how other things refer to it. */
export const hostNameSchema = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and hyphens, at most 63");

const isFunction = z.custom((v) => typeof v === "function");
const serviceShape = z.looseObject({
  kind: z.string().min(1),
  name: z.string().min(1),
  runsOn: z.strictObject({ os: z.array(osSchema).optional(), arch: z.array(archSchema).optional() }),
  ports: z.array(portSchema),
  dependsOn: z.array(z.string()),
  status: statusSchema,
  render: isFunction,
  probes: isFunction,
});
const serviceSchema = z.custom<Service>(
  (v) => serviceShape.safeParse(v).success,
  "must be made by a service function, such as nginx({…})",
);
/** Keys and values of labels that Hetzner, DigitalOcean and AWS all accept. */
const word = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
    'must be letters, digits, . _ and -, at most 63, such as "turn-relay"',
  );

/** What every host has, whatever it is. */
const common = {
  name: hostNameSchema,
  status: statusSchema,
  os: osSchema,
  /** Which Debian, of a host with `os: "debian"`: 12 or 13. A new machine gets it; one that exists has to have it. */
  release: debianReleaseSchema.optional(),
  arch: archSchema.optional(),
  /** Public IPv4 address. A cloud host that is made by the fleet gets its address from the cloud instead. */
  ipv4: z.ipv4('must be an IPv4 address such as "203.0.113.7"').optional(),
  ipv6: z.ipv6('must be an IPv6 address such as "2001:db8::7"').optional(),
  /** Address in the private network (LAN, VPC, Thunderbolt bridge). */
  private: z.ipv4('must be an IPv4 address such as "10.0.0.2"').optional(),
  /** Address in the mesh (WireGuard or Tailscale). */
  mesh: z.ipv4('must be an IPv4 address such as "10.84.0.2"').optional(),
  /** IANA name; cron entries and timers run in it. */
  timeZone: timeZoneSchema.default("UTC"),
  /** Who logs in over SSH; must be root or able to become root. */
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,30}$/, 'must be a POSIX account name such as "root"')
    .default("root"),
  sshPort: z.int().min(1).max(65535).default(22),
  /** The host of the fleet through which it is reached. */
  jump: hostNameSchema.optional(),
  /** Its public SSH host key, "ssh-ed25519 AAAA…": the only one accepted. For machines that exist already. */
  hostKey: z
    .string()
    .regex(/^ssh-ed25519 [A-Za-z0-9+/]+={0,2}$/, 'must be a public key as "ssh-ed25519 AAAA…"')
    .optional(),
  /** What it is for, the main role first: "primary", "turn-relay". */
  roles: z.array(word).default([]),
  services: z.array(serviceSchema).default([]),
  /** What the firewall lets in from anywhere: "443/tcp", "49152-65535/udp". Everything else is closed. */
  publicPorts: z.array(publicPortSchema).default([]),
  labels: z.record(word, word).default({}),
  monthlyCost: moneySchema.optional(),
  /** What a reader of the fleet should know about this machine. */
  note: z.string().optional(),
  /** Filled in by assumed(): settings that the owner's document leaves open. */
  assumptions: z.array(z.object({ field: z.string(), value: z.unknown(), why: z.string() })).default([]),
};

/** What a machine at a cloud provider has besides. */
const cloud = {
  ...common,
  /** It exists already: it is imported, never created. */
  adopt: z.boolean().default(false),
  /** The provider's id of an adopted machine; found by its name when left out. */
  id: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, 'must be the provider\'s id, such as "4711" or "i-0abc"')
    .optional(),
  /** Refuses replacement and deletion; an adopted machine is protected unless this says false. */
  protect: z.boolean().optional(),
};

const location = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be the provider\'s short name, such as "hel1", "nyc3" or "eu-west-2"');

export const hetznerSchema = z.strictObject({
  ...cloud,
  kind: z.literal("hetzner"),
  /** Server type in lower case: "cx43". */
  type: z.templateLiteral(
    [z.enum(["cx", "cpx", "cax", "ccx"]), z.int().min(1)],
    'must be a server type in lower case, such as "cx43" or "cax21"',
  ),
  location,
  /**
   * Image for a new machine; the provider's newest of the host's OS when left out. Never changes a machine that exists.
   */
  image: z.string().min(1).optional(),
});

export const digitaloceanSchema = z.strictObject({
  ...cloud,
  kind: z.literal("digitalocean"),
  /** Droplet size: "s-1vcpu-1gb". */
  size: z.string().regex(/^[a-z0-9.-]+$/, 'must be a droplet size such as "s-1vcpu-1gb"'),
  region: location,
  image: z.string().min(1).optional(),
});

export const awsSchema = z.strictObject({
  ...cloud,
  kind: z.literal("aws"),
  /** Instance type: "t4g.nano". */
  type: z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'must be an instance type such as "t4g.nano"'),
  region: z.enum(awsRegions, 'must be a region of AWS, such as "eu-west-2"'),
  /** Machine image for a new instance; the newest of the host's OS in the region when left out. */
  ami: z
    .string()
    .regex(/^ami-[0-9a-f]+$/, 'must be an image id such as "ami-0abc"')
    .optional(),
  /** Size of a new machine's disk. It can grow later, and never shrinks. */
  diskGb: z.int().min(8).max(16_384).default(10),
});

export const hardwareSchema = z.enum(["pi", "jetson", "mac", "mini-pc", "vps", "bare-metal"]);

/** A machine that no cloud API manages: it is there, and is only configured. */
export const staticSchema = z.strictObject({
  ...common,
  kind: z.literal("static"),
  hardware: hardwareSchema,
  /** What exactly: "Raspberry Pi 5 8GB". */
  model: z.string().optional(),
  /** Who rents it out, for a vps or a cloud that the fleet doesn't drive: "hostkey", "azure". */
  provider: z.string().optional(),
  /** Where it stands: "Zürich", "home", "swedencentral". */
  location: z.string().optional(),
});

export const hostSchema = z.discriminatedUnion("kind", [hetznerSchema, digitaloceanSchema, awsSchema, staticSchema], {
  error: "must be an object whose kind is hetzner, digitalocean, aws or static: use hetzner({…}), pi({…}) and the like",
});
