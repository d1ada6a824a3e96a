import { z } from "zod";
import { service } from "../../src/model/service.ts";
import { certificateFiles, certificateService } from "./files.ts";
import { certificateUnit } from "./unit.ts";

/**
 * A certificate and its key in a place of their own. A self-signed one is made on the machine when none is there, and
 * whatever is there is never overwritten: an operator, or certbot, may put a better one in its place.
 */
export const certificate = service("certificate", {
  args: z.strictObject({
    /** Its first DNS name, and what other services call it. */
    name: z.hostname('must be a host name such as "www.example.com"'),
    /** How long a self-signed one is valid. */
    days: z.int().min(1).max(7300),
  }),
  instance: (a) => certificateService(a.name),
  render: (a) => {
    const { directory, certificate } = certificateFiles(a.name);
    return {
      packages: ["openssl"],
      directories: { [directory]: { mode: "0700" } },
      units: { [`${certificateService(a.name)}.service`]: { text: certificateUnit(a.name, a.days) } },
      checks: [{ kind: "command", command: `openssl x509 -noout -checkend 86400 -in ${certificate}` }],
    };
  },
});
