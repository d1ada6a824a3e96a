import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A folder to run the fleet's scripts in: paths of the machine are replaced by paths below it, and some programs by
 * others.
 */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "fleet-script-"));
  constructor() {
    for (const folder of ["bin", "run", "data", "data/backups"]) mkdirSync(join(this.path, folder));
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  /** A program, in sh, that is found before the machine's own. */
  program(name: string, text: string): void {
    this.write(`bin/${name}`, `#!/bin/sh\n${text}\n`);
    chmodSync(join(this.path, "bin", name), 0o755);
  }

  /** An `openssl` that is served a certificate for each of these names, valid for so long ("5 days 1 hour"), and no other. */
  certificates(left: Record<string, string>): void {
    const cases = Object.entries(left).map(([name, time]) => `${name}) left='${time}' ;;`);
    this.program(
      "openssl",
      `case $1 in
s_client) echo "$5" ;;
x509)
  read -r name
  case $name in ${cases.join(" ")} *) exit 1 ;; esac
  echo "notAfter=$(date -u -d "$left" '+%b %e %H:%M:%S %Y') GMT" ;;
esac`,
    );
  }

  run(script: string): Promise<{ code: number; stdout: string; stderr: string }> {
    const here = script
      .replaceAll("/var/lib/vault1984", `${this.path}/data`)
      .replaceAll("/nix/var/nix/profiles", this.path);
    this.write("script.sh", here);
    const env = {
      PATH: `${this.path}/bin:${process.env.PATH}`,
      RUNTIME_DIRECTORY: `${this.path}/run`,
      CREDENTIALS_DIRECTORY: this.path,
    };
    return new Promise((resolve) =>
      execFile("/bin/sh", [join(this.path, "script.sh")], { env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      ),
    );
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
