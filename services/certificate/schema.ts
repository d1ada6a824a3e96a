import { z } from "zod";
import type { Probe } from "../../src/model/probe.ts";

const hostname = z.hostname('must be a host name such as "www.example.com"');

/** What is said of every certificate, wherever it comes from. */
export const certificateArgs = {
  /** Its first DNS name, and what other services call it. */
  name: hostname,
  /** Further names that it is to cover. */
  alsoFor: z
    .array(z.union([hostname, z.templateLiteral(["*.", hostname])], 'must be host names, or such as "*.example.com"'))
    .default([]),
  /** Days: with fewer left it has drifted, and `fleet check` fails. */
  daysLeft: z.int().min(1).max(365).default(21),
  /** Ports where this host shows it, by TLS from the first byte. */
  ports: z.array(z.int().min(1).max(65535)).default([443]),
  /** Services of the host that read it, with a unit of the same name: reloaded when it has changed. */
  usedBy: z.array(z.string().regex(/^[A-Za-z0-9_.@-]+$/, "must be names of services")).default([]),
};

export interface Certificate {
  name: string;
  alsoFor: string[];
  daysLeft: number;
  ports: number[];
  usedBy: string[];
}

export const namesOf = ({ name, alsoFor }: Pick<Certificate, "name" | "alsoFor">): string[] => [
  ...new Set([name, ...alsoFor]),
];

/** How it looks from outside, under every name that a client can ask for. */
export const certificateProbes = (a: Certificate, trust: Extract<Probe, { kind: "tls" }>["trust"]): Probe[] =>
  a.ports.flatMap((port) =>
    namesOf(a)
      .filter((name) => !name.startsWith("*"))
      .map((name) => ({ kind: "tls" as const, port, name, daysLeft: a.daysLeft, trust })),
  );
