import { execStart, systemdUnit } from "../../src/render/systemd.ts";
import { certificateFiles } from "./files.ts";

/**
 * The unit that makes a self-signed certificate, unless one is there. It stays active, so that its state says whether
 * it ran.
 */
export function certificateUnit(name: string, days: number): string {
  const { certificate, key } = certificateFiles(name);
  const make = [
    "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1",
    `-days ${days} -subj /CN=${name} -addext subjectAltName=DNS:${name} -keyout ${key} -out ${certificate}`,
  ].join(" ");
  return systemdUnit({
    Unit: { Description: `Certificate of ${name}: self-signed unless one is there` },
    Service: {
      Type: "oneshot",
      RemainAfterExit: true,
      UMask: "0077",
      ExecStart: execStart(["/bin/sh", "-c", `test -s ${certificate} -a -s ${key} || ${make}`]),
    },
    Install: { WantedBy: "multi-user.target" },
  });
}
