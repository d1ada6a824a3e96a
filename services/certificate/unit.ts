import { execStart, systemdUnit } from "../../src/render/systemd.ts";
import { certificateFiles } from "./files.ts";
import { type Certificate, namesOf } from "./schema.ts";

/** The command that makes a self-signed certificate and its key in a folder, given with its slash. */
export const selfSign = (a: Certificate, days: number, folder: string): string =>
  [
    "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1",
    `-days ${days} -subj /CN=${a.name} -addext subjectAltName=${namesOf(a)
      .map((name) => `DNS:${name}`)
      .join()} -keyout ${folder}key.pem -out ${folder}cert.pem`,
  ].join(" ");

/**
 * The unit that makes a self-signed certificate, unless one is there. It stays active, so that its state says whether
 * it ran.
 */
export function certificateUnit(a: Certificate, days: number): string {
  const { directory, certificate, key } = certificateFiles(a.name);
  return systemdUnit({
    Unit: { Description: `Certificate of ${a.name}: self-signed unless one is there` },
    Service: {
      Type: "oneshot",
      RemainAfterExit: true,
      UMask: "0077",
      ExecStart: execStart([
        "/bin/sh",
        "-c",
        `test -s ${certificate} -a -s ${key} || ${selfSign(a, days, `${directory}/`)}`,
      ]),
    },
    Install: { WantedBy: "multi-user.target" },
  });
}
