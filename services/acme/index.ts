import { createHash } from "node:crypto";
import { z } from "zod";
import type { Open } from "../../src/model/assumed.ts";
import { service, type Service } from "../../src/model/service.ts";
import { refSchema } from "../../src/model/text.ts";
import { systemdUnit, timerUnit } from "../../src/render/systemd.ts";
import { certificateService } from "../certificate/files.ts";
import { certificate } from "../certificate/index.ts";
import { certificateArgs, certificateProbes, namesOf } from "../certificate/schema.ts";
import { scriptFile, scriptPath, scriptService } from "../shell/index.ts";
import { acmeName, acmeRecord, acmeScript, bundlePath, tokenPath } from "./script.ts";

/** Let's Encrypt, unless another one is named. */
const letsEncrypt = { directory: "https://acme-v02.api.letsencrypt.org/directory" };

const args = z
  .strictObject({
    ...certificateArgs,
    /** Whom the authority may write to. */
    contact: z.email("must be an address for mail"),
    authority: z
      .strictObject({
        /** URL of its directory (RFC 8555, section 7.1.1). */
        directory: z.string().regex(/^https:\/\/[\w.:/-]+$/, "must be an https URL without a query"),
        /** Authorities in PEM, when systems trust neither it nor what it issues. */
        bundle: z.string().startsWith("-----BEGIN CERTIFICATE-----", "must be certificates in PEM").optional(),
      })
      .default(letsEncrypt),
    /**
     * What shows the authority that the names are ours: an answer on their port 80, by whatever listens there and serves
     * `challengeFolder`, else by the client itself; or a record in their zone at Cloudflare, by a token that may edit it.
     */
    challenge: z
      .union([
        z.literal("http"),
        z.strictObject({
          cloudflare: refSchema.refine((r) => r.ref === "secret", 'must be secret("NAME") with an API token'),
        }),
      ])
      .default("http"),
    /** Days: with fewer left it is renewed. */
    renew: z.int().min(2).max(366).default(30),
  })
  .refine((a) => a.renew > a.daysLeft, {
    message: "must be more days than daysLeft, so that a failing renewal is tried again before it is told",
    path: ["renew"],
  })
  .refine((a) => a.challenge !== "http" || !namesOf(a).some((name) => name.startsWith("*")), {
    message: "an authority gives * only for a record in DNS: use another challenge, or name each",
    path: ["alsoFor"],
  });

/** Gets the certificate of a name from an ACME authority, and another one in time. For host files: acmeCertificate(). */
export const acme = service("acme", {
  args,
  instance: (a) => acmeName(a.name),
  dependsOn: (a) => [certificateService(a.name), ...a.usedBy, ...(a.challenge === "http" ? [] : ["secrets-dir"])],
  render: (a, host) => {
    const name = acmeName(a.name);
    return {
      packages: ["lego"],
      files: {
        ...scriptFile(name, acmeScript(a)),
        ...(a.authority.bundle && { [bundlePath(a.name)]: { content: a.authority.bundle } }),
        ...(a.challenge !== "http" && {
          [tokenPath(a.name)]: { content: { parts: [a.challenge.cloudflare] }, mode: "0600" },
        }),
      },
      units: {
        [`${name}.service`]: { text: renewUnit(a.name), enabled: false, active: false, onChange: "nothing" },
        [`${name}.timer`]: {
          text: timerUnit({
            description: `Renewals of the certificate of ${a.name}`,
            timer: { onCalendar: twiceADay(`${host.name} ${a.name}`) },
          }),
        },
      },
      records: { [scriptPath(name)]: { certificate: acmeRecord(a) } },
    };
  },
  probes: (a) =>
    certificateProbes(a, a.authority.bundle === undefined ? "authorities" : { authority: a.authority.bundle }),
});

/**
 * A certificate from an ACME authority as two services: one that its users depend on, so that they can start before the
 * authority has been asked, and one that depends on them, since one of them may have to answer it.
 */
export const acmeCertificate = (open: Open<z.input<typeof args>>): [Service, Service] => {
  const issued = acme(open);
  const { name, alsoFor, usedBy } = open as z.output<typeof args>;
  return [certificate({ name, alsoFor, usedBy, from: "acme" }), issued];
};

const renewUnit = (name: string): string => {
  const { ExecStart, ...rest } = scriptService(acmeName(name));
  return systemdUnit({
    Unit: {
      Description: `Renews the certificate of ${name} in time`,
      Wants: "network-online.target",
      After: "network-online.target",
    },
    Service: { ...rest, ExecStart: `${ExecStart} renew`, TimeoutStartSec: 300 },
  });
};

/** A time of its own for each, since an authority asks its users not to come all at once. */
function twiceADay(seed: string): string {
  const bytes = createHash("sha256").update(seed).digest();
  const [hour, minute, second] = [bytes[0]! % 12, bytes[1]! % 60, bytes[2]! % 60].map((n) =>
    String(n).padStart(2, "0"),
  );
  return `*-*-* ${hour},${Number(hour) + 12}:${minute}:${second}`;
}
