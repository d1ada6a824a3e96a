import { z } from "zod";
import { imageSchema, pinsSchema } from "../../src/model/image.ts";
import { exposureSchema } from "../../src/model/port.ts";
import { refSchema } from "../../src/model/text.ts";
import { secretsSchema, variablesSchema } from "../program/environment.ts";

const number = z.int().min(1).max(65535);
const name = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be lower-case letters, digits and -, such as "api"');
const inside = z.string().regex(/^\/[\w.@/-]*$/, "must be an absolute path in the container");

const portSchema = z.strictObject({
  /** What the program listens on, inside of the container. */
  port: number,
  /** What the host listens on; the same number when left out. */
  at: number.optional(),
  protocol: z.enum(["tcp", "udp"]).default("tcp"),
  /** Who reaches it. */
  bind: exposureSchema.default("loopback"),
});

const volumeSchema = z.strictObject({
  /** A folder or file of the host, or a volume of the engine by its name, which is made where it is missing. */
  from: z.string().regex(/^(\/[\w.@/-]+|[a-zA-Z0-9][\w.-]+)$/, "must be a path or the name of a volume"),
  readOnly: z.boolean().default(false),
});

/** How it is told that the program does its work: by a command in the container, or over HTTP at a published port. */
const healthSchema = z.union(
  [
    z.strictObject({
      /** Run without a shell. */
      command: z.array(z.string().min(1)).min(1),
      /** Seconds between two runs. */
      every: z.int().min(1).max(3600).default(30),
      /** Seconds that it may take from the start until it is healthy. */
      within: z.int().min(1).max(3600).default(60),
    }),
    z.strictObject({
      /** Must answer 2xx: "/health". */
      path: z.string().startsWith("/", 'must be a path, such as "/health"'),
      /** The container's port, where it has several. */
      port: number.optional(),
      within: z.int().min(1).max(3600).default(60),
    }),
  ],
  "must have a command, or a path",
);

export const containerArgs = z
  .strictObject({
    /** The container, its unit and its name for other containers of the host. */
    name,
    /** With its registry, and a tag or a digest: "ghcr.io/owner/api:1.4". */
    image: imageSchema,
    /** stacks/<stack>/images.json, as `fleet images <stack>` has written it. */
    pins: pinsSchema.default({}),
    /** Docker where the host has that; Podman when left out. */
    engine: z.enum(["podman", "docker"]).default("podman"),
    /** What the registry wants to see: secret("NAME") of an auth file, as `podman login --authfile` writes it. */
    login: refSchema.refine((r) => r.ref === "secret", 'must be secret("NAME")').optional(),
    /** In place of the image's CMD, each word taken literally. */
    command: z.array(z.string()).min(1).optional(),
    /** Variables that everybody on the host may read. */
    environment: variablesSchema.default({}),
    /** Variables in a file of root's: variable → secret("NAME"). */
    secrets: secretsSchema.default({}),
    /** Path in the container → what of the host is there. */
    volumes: z.record(inside, volumeSchema).default({}),
    ports: z.array(portSchema).default([]),
    /** Whom the program runs as; as the image says when left out. */
    user: z
      .string()
      .regex(/^[\w-]+(:[\w-]+)?$/, 'must be an account or a number, such as "1000:1000"')
      .optional(),
    /** Whether it can write to volumes and /tmp alone. */
    readOnly: z.boolean().default(false),
    /** Above this it is killed: "512M". */
    memoryMax: z.templateLiteral([z.int().min(1), z.enum(["K", "M", "G"])], 'must be a size such as "512M"').optional(),
    /** Its share of the processors, of which each is 100 %: "150%". */
    cpuQuota: z.templateLiteral([z.int().min(1), "%"], 'must be a share such as "150%"').optional(),
    /** All of the host's GPUs. */
    gpu: z.boolean().default(false),
    health: healthSchema.optional(),
    /** Services that must run before it: of the same host by their unit's name, "db", or of another, "pi-2/db". */
    after: z.array(z.string()).default([]),
  })
  .superRefine((a, context) => {
    const refuse = (path: PropertyKey[], message: string) =>
      context.addIssue({ code: "custom", path, message, input: undefined });
    for (const variable of Object.keys(a.environment).filter((variable) => variable in a.secrets))
      refuse(["environment", variable], "is among the secrets, too: leave one of them out");
    for (const [variable, value] of Object.entries(a.environment))
      if (/[\n\r]/.test(String(value))) refuse(["environment", variable], "must be one line");
    if (a.health && "path" in a.health && healthPort(a) === undefined)
      refuse(["health"], "is asked over HTTP at a published tcp port: add that to ports, or name one by port");
    const published = a.ports.map(({ protocol, port, at = port }) => `${at}/${protocol}`);
    for (const twice of published.filter((each, i) => published.indexOf(each) !== i))
      refuse(["ports"], `publishes ${twice} twice`);
  });
export type ContainerArgs = z.output<typeof containerArgs>;
export type PublishedPort = z.output<typeof portSchema>;

/** The port at which its health is asked over HTTP. */
export const healthPort = ({ ports, health }: Pick<ContainerArgs, "ports" | "health">): PublishedPort | undefined =>
  health && "path" in health
    ? ports.find(({ port, protocol }) => protocol === "tcp" && port === (health.port ?? port))
    : undefined;
