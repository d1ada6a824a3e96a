import { connect } from "node:net";
import type { Probe } from "../model/probe.ts";
import { httpGet } from "./http.ts";
import { NoCertificate, tlsProblem } from "./tls.ts";
import { probeTurn } from "./turn.ts";

export interface ProbeResult {
  /** What was looked at, in a reader's words. */
  what: string;
  /** Undefined when it is as it should be. */
  problem?: string;
  /** It could not be looked at, and the problem says why. */
  unknown?: true;
}

/** What is outside of the hosts. */
export interface Outside {
  /** In PEM, trusted for certificates besides those of the system. */
  authorities?: readonly string[];
  /** The address of a name; where there is none, names are asked for at the host's address. */
  resolve?: (name: string) => Promise<string>;
}

/** What a peer that a TURN server denies is answered (RFC 8656, section 9.2). */
const FORBIDDEN = 403;

/**
 * Looks at one thing from outside, as a user of the service would.
 * @param address where the host is reached; undefined when nobody knows it, @param valueOf the value of a secret by name
 */
export async function runProbe(
  probe: Probe,
  address: string | undefined,
  valueOf: (secret: string) => string,
  { authorities = [], resolve }: Outside = {},
): Promise<ProbeResult> {
  const what = describe(probe, address ?? "an unknown address");
  try {
    const at = probe.kind === "http" && probe.host !== undefined && resolve ? await resolve(probe.host) : address;
    // Nothing would mean this computer itself.
    if (at === undefined) return { what, problem: "the host has no address that is known here", unknown: true };
    return { what, problem: await problemOf(probe, at, valueOf, authorities) };
  } catch (error) {
    return { what, problem: (error as Error).message, ...(error instanceof NoCertificate && { unknown: true }) };
  }
}

function describe(probe: Probe, address: string): string {
  if (probe.kind === "http") {
    const port = probe.port === (probe.tls ? 443 : 80) ? "" : `:${probe.port}`;
    const headers = Object.keys(probe.headers).length > 0 ? " with its headers" : "";
    return `${probe.tls ? "https" : "http"}://${probe.host ?? address}${port}${probe.path} answers ${probe.status}${headers}`;
  }
  if (probe.kind === "tls")
    return (
      `the ${probe.trust === "itself" ? "self-signed " : ""}certificate of ${probe.name} on ${address}:${probe.port} ` +
      `is valid for ${probe.daysLeft} days`
    );
  if (probe.kind === "tcp") return `${address}:${probe.port}/tcp is ${probe.open ? "open" : "closed"}`;
  return probe.refusedPeer
    ? `TURN on ${address}:${probe.port} refuses the peer ${probe.refusedPeer}`
    : `TURN on ${address}:${probe.port} grants an allocation`;
}

async function problemOf(
  probe: Probe,
  address: string,
  valueOf: (secret: string) => string,
  authorities: readonly string[],
): Promise<string | undefined> {
  if (probe.kind === "tls") return tlsProblem(probe, address, { besides: authorities });
  if (probe.kind === "http") return httpProblem(probe, address, valueOf);
  if (probe.kind === "tcp") return tcpProblem(probe, address);
  const result = await probeTurn(
    { address, port: probe.port, realm: probe.realm, secret: valueOf(probe.secret.name) },
    probe.refusedPeer,
  );
  if (result.refusedAllocation) return `the allocation was refused: ${result.refusedAllocation}`;
  if (probe.refusedPeer && result.peerError !== FORBIDDEN)
    return result.peerError ? `error ${result.peerError} instead of ${FORBIDDEN}` : "the permission was granted";
  return undefined;
}

async function httpProblem(
  probe: Extract<Probe, { kind: "http" }>,
  address: string,
  valueOf: (secret: string) => string,
): Promise<string | undefined> {
  const headers = Object.fromEntries(
    Object.entries(probe.send).map(([name, value]) => [name, typeof value === "string" ? value : valueOf(value.name)]),
  );
  const answer = await httpGet({
    tls: probe.tls,
    address,
    port: probe.port,
    host: probe.host ?? address,
    path: probe.path,
    headers,
  });
  if (answer.status !== probe.status) return `status ${answer.status} instead of ${probe.status}`;
  for (const [name, wanted] of Object.entries(probe.headers)) {
    const found = answer.headers[name];
    if (found === undefined) return `the header ${name} is missing`;
    if (wanted !== "*" && found !== wanted)
      return `the header ${name} is ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`;
  }
  return probe.body !== undefined && !answer.body.includes(probe.body)
    ? `the body does not contain ${JSON.stringify(probe.body)}`
    : undefined;
}

async function tcpProblem(
  { port, open, beside }: Extract<Probe, { kind: "tcp" }>,
  address: string,
): Promise<string | undefined> {
  const said = await knock(address, port);
  if (said === "silent" && !open && beside !== undefined && (await knock(address, beside)) === "silent")
    return `it can't be told: ${beside}/tcp does not answer either`;
  return (said === "open") === open ? undefined : `it is ${open ? "closed" : "open"}`;
}

/** What is said to who wants to connect. A firewall that drops says nothing, and neither does a host that is not there. */
function knock(address: string, port: number): Promise<"open" | "refused" | "silent"> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 3000 });
    const finish = (said: "open" | "refused" | "silent") => (socket.destroy(), resolve(said));
    socket
      .on("connect", () => finish("open"))
      .on("timeout", () => finish("silent"))
      .on("error", (error: NodeJS.ErrnoException) => finish(error.code === "ECONNREFUSED" ? "refused" : "silent"));
  });
}
