import {
  checkServerIdentity,
  connect,
  createSecureContext,
  getCACertificates,
  type PeerCertificate,
  rootCertificates,
  type SecureContext,
} from "node:tls";
import type { Probe } from "../model/probe.ts";

type TlsProbe = Extract<Probe, { kind: "tls" }>;

const DEADLINE_MS = 10_000;
const DAY_MS = 86_400_000;

/** No certificate was shown, so that nothing is known of it. */
export class NoCertificate extends Error {}

/**
 * What is wrong with the certificate that is shown for a name; undefined when nothing is.
 * @param address where to connect, whatever DNS says @param besides authorities in PEM that are trusted too
 * @throws NoCertificate when nobody shows one
 */
export async function tlsProblem(
  { port, name, daysLeft, trust }: TlsProbe,
  address: string,
  { besides = [], now }: { besides?: readonly string[]; now?: number } = {},
): Promise<string | undefined> {
  const secureContext = trusting([...besides, ...(typeof trust === "object" ? [trust.authority] : [])].join("\n"));
  const { certificate, chainError } = await shown({ port, name, address, secureContext });
  const problems = [
    trust === "itself" ? selfSignedProblem(certificate, chainError) : chainProblem(certificate, chainError),
    nameProblem(name, certificate),
    // The time after the handshake: a certificate may have been made for it.
    timeProblem(certificate, daysLeft, now ?? Date.now()),
  ];
  return problems.filter((problem) => problem !== undefined).join("; ") || undefined;
}

/** Those of the system, as other clients of this computer take them; Node's own where it has none. */
function authorities(): readonly string[] {
  const ofSystem = [...getCACertificates("system"), ...getCACertificates("extra")];
  return ofSystem.length > 0 ? ofSystem : rootCertificates;
}

const contexts = new Map<string, SecureContext>();

/** Reading all authorities takes so long that other probes would run out of time meanwhile: once for all. */
function trusting(besides: string): SecureContext {
  const known = contexts.get(besides);
  if (known !== undefined) return known;
  const context = createSecureContext({ ca: [...authorities(), ...(besides ? [besides] : [])], minVersion: "TLSv1.2" });
  contexts.set(besides, context);
  return context;
}

interface Shown {
  certificate: PeerCertificate;
  /** OpenSSL's code for why its chain leads to no authority. */
  chainError?: string;
}

function shown({
  port,
  name,
  address,
  secureContext,
}: {
  port: number;
  name: string;
  address: string;
  secureContext: SecureContext;
}): Promise<Shown> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => (socket.destroy(), clearTimeout(timer), reject(new NoCertificate(why)));
    const socket = connect({
      host: address,
      port,
      servername: name,
      secureContext,
      // Judged here, each by itself, so that all that is wrong is told at once.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    const timer = setTimeout(() => fail(`no answer within ${DEADLINE_MS / 1000} s`), DEADLINE_MS);
    socket.on("error", (error: NodeJS.ErrnoException) => fail(`no certificate is shown: ${error.message}`));
    socket.on("secureConnect", () => {
      clearTimeout(timer);
      const certificate = socket.getPeerCertificate(false);
      const chainError = socket.authorized ? undefined : String(socket.authorizationError);
      socket.destroy();
      resolve({ certificate, ...(chainError !== undefined && { chainError }) });
    });
  });
}

/** A certificate's time is told in days, not as an error of its chain. */
const OF_TIME = ["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"];
const WORDS: Record<string, string> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its chain is incomplete, or its authority is none that is trusted",
  UNABLE_TO_GET_ISSUER_CERT: "its chain is incomplete, or its authority is none that is trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its chain is incomplete, or its authority is none that is trusted",
  SELF_SIGNED_CERT_IN_CHAIN: "its authority is none that is trusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed",
};

function chainProblem(certificate: PeerCertificate, error: string | undefined): string | undefined {
  if (error === undefined || OF_TIME.includes(error)) return undefined;
  const issuer = [certificate.issuer?.O, certificate.issuer?.CN].flat().filter(Boolean).join(" ");
  return `${WORDS[error] ?? `its chain is not accepted (${error})`}${error.startsWith("DEPTH_ZERO") ? "" : `: issued by ${issuer || "nobody by name"}`}`;
}

/** Nobody vouches for it, but it has to be what was declared. Better ones, put there by hand, are welcome. */
const selfSignedProblem = (certificate: PeerCertificate, error: string | undefined): string | undefined =>
  error === "DEPTH_ZERO_SELF_SIGNED_CERT" ? undefined : chainProblem(certificate, error);

/** By its alternative names alone (RFC 9525, section 6.3): Node would fall back on the common name. */
function nameProblem(name: string, certificate: PeerCertificate): string | undefined {
  const names = certificate.subjectaltname?.split(", ").map((one) => one.replace(/^DNS:/, "")) ?? [];
  if (names.length > 0 && checkServerIdentity(name, certificate) === undefined) return undefined;
  return `it does not cover ${name}, ${names.length > 0 ? `but ${names.join(", ")}` : "nor any other name"}`;
}

function timeProblem({ valid_from, valid_to }: PeerCertificate, least: number, now: number): string | undefined {
  if (Date.parse(valid_from) > now) return `it is not valid before ${valid_from}: is a clock wrong?`;
  const days = Math.floor((Date.parse(valid_to) - now) / DAY_MS);
  if (days < 0) return `it has expired: ${valid_to}`;
  return days < least ? `${days} ${days === 1 ? "day" : "days"} left, declared at least ${least}` : undefined;
}
