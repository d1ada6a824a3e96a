import { z } from "zod";

const number = z.int().min(1).max(65535);

/** Who can reach a port: anyone, members of the mesh, the private network, or the host itself. */
export const exposureSchema = z.enum(["public", "mesh", "private", "loopback"]);
export type Exposure = z.infer<typeof exposureSchema>;

/** A range of ports, both ends included. Made by ports(), which refuses a range the wrong way round. */
export const portRangeSchema = z.strictObject({ from: number, to: number }).refine((r) => r.from <= r.to, {
  error: (issue) => `port range ${JSON.stringify(issue.input)} is the wrong way round: give the lower port first`,
});
export type PortRange = z.infer<typeof portRangeSchema>;

export const portSchema = z.strictObject({
  protocol: z.enum(["tcp", "udp"]),
  range: portRangeSchema,
  exposure: exposureSchema,
});
/** A port, or a range of them, that a service listens on. */
export type Port = z.infer<typeof portSchema>;

/** A range from the lower to the higher port, both included. Literals the wrong way round do not compile. */
export const ports = <const From extends number, const To extends number>(
  from: From,
  to: Ordered<From, To>,
): PortRange => portRangeSchema.parse({ from, to });

const onePort = (port: number | PortRange): PortRange => (typeof port === "number" ? { from: port, to: port } : port);
export const tcp = (port: number | PortRange, exposure: Exposure = "public"): Port => ({
  protocol: "tcp",
  range: onePort(port),
  exposure,
});
export const udp = (port: number | PortRange, exposure: Exposure = "public"): Port => ({
  protocol: "udp",
  range: onePort(port),
  exposure,
});

/** How a port is shown: "443/tcp", "49152-65535/udp". */
export const showPort = (p: Port): string =>
  `${p.range.from === p.range.to ? p.range.from : `${p.range.from}-${p.range.to}`}/${p.protocol}`;

/** Compares decimal literals by length, then digit by digit, so that the compiler can refuse a reversed range. */
type Ordered<From extends number, To extends number> = number extends From | To
  ? To
  : LessOrEqual<Digits<`${From}`>, Digits<`${To}`>> extends true
    ? To
    : never;
type Digits<S extends string> = S extends `${infer D}${infer Rest}` ? [D, ...Digits<Rest>] : [];
type LessOrEqual<A extends string[], B extends string[]> = A["length"] extends B["length"]
  ? DigitsLessOrEqual<A, B>
  : Shorter<A, B>;
type Shorter<A extends unknown[], B extends unknown[]> = B extends [...{ [K in keyof A]: unknown }, ...infer More]
  ? More extends []
    ? false
    : true
  : false;
type DigitsLessOrEqual<A extends string[], B extends string[]> = A extends [
  infer X extends string,
  ...infer RestA extends string[],
]
  ? B extends [infer Y extends string, ...infer RestB extends string[]]
    ? X extends Y
      ? DigitsLessOrEqual<RestA, RestB>
      : "0123456789" extends `${string}${X}${string}${Y}${string}`
        ? true
        : false
    : true
  : true;

/** The service that lets in nothing but a host's public ports. */
export const FIREWALL = "firewall";

type PortText = `${number}/${"tcp" | "udp"}` | `${number}-${number}/${"tcp" | "udp"}`;

/** A port that a host opens to the world, as text ("443/tcp", "49152-65535/udp") or as a Port. */
export const publicPortSchema = z.union(
  [portSchema, z.custom<PortText>((v) => typeof v === "string").transform(parsePort)],
  {
    error: 'must be a port such as "443/tcp" or a range, the lower port first, such as "49152-65535/udp"',
  },
);

function parsePort(text: string, context: z.RefinementCtx): Port {
  const [, from, to, protocol] = /^(\d{1,5})(?:-(\d{1,5}))?\/(tcp|udp)$/.exec(text) ?? [];
  const parsed = portSchema.safeParse({
    protocol,
    range: { from: Number(from), to: Number(to ?? from) },
    exposure: "public",
  });
  if (parsed.success) return parsed.data;
  context.addIssue({ code: "custom", message: "not a port", input: text });
  return z.NEVER;
}
