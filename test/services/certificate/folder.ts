import { execFile, execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Service } from "../../../src/model/service.ts";
import { fileText } from "../render.ts";

const me = `${userInfo().username}:${execFileSync("id", ["-gn"], { encoding: "utf8" }).trim()}`;

/** A place for one certificate, www.example.com, in which its keeper runs with real openssl and with stand-ins for the rest. */
export class CertificateFolder {
  readonly root = mkdtempSync(join(tmpdir(), "fleet-certificate-"));
  readonly place = join(this.root, "place");

  constructor() {
    for (const name of ["bin", "place", "client"]) mkdirSync(join(this.root, name));
    this.clock("+1 hour");
    this.program("systemctl", `echo "$@" >>${this.root}/told`);
    this.lego('echo "the authority was not to be asked"; exit 1');
  }

  /** A program, in sh, that is found before the machine's own. */
  program(name: string, text: string): void {
    writeFileSync(join(this.root, "bin", name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(this.root, "bin", name), 0o755);
  }

  /** What time it is for the keeper; an hour later than for the certificates, so that each has a day begun. */
  clock(difference: string): void {
    this.program("date", `case "$*" in +%s) exec /bin/date -d "${difference}" +%s ;; esac; exec /bin/date "$@"`);
  }

  /** What the ACME client does, after it was noted with its arguments. */
  lego(text: string): void {
    this.program("lego", `echo "$@" >>${this.root}/asked\n${text}`);
  }

  /** Has the ACME client get a certificate as an authority would give it. */
  legoGives(names: string[], days: number): void {
    const to = join(this.root, "client/https___acme.example_directory/certificates");
    const pair = pairOf(names, days, "Authority");
    this.lego(
      `mkdir -p ${to}; cp ${pair}/key.pem ${to}/www.example.com.key; cp ${pair}/cert.pem ${to}/www.example.com.crt`,
    );
  }

  /** A pair as it lies there when nothing else has happened. */
  put({
    names = ["www.example.com"],
    days = 60,
    issuer,
  }: { names?: string[]; days?: number; issuer?: string } = {}): void {
    const pair = pairOf(names, days, issuer);
    this.sh(`cp ${pair}/cert.pem ${pair}/key.pem . && chmod 600 key.pem`);
  }

  sh(command: string): string {
    return execFileSync("sh", ["-c", command], { cwd: this.place, encoding: "utf8" }).trim();
  }

  keeper(service: Service, command: string): Promise<{ code: number; said: string }> {
    const path = `/etc/fleet/${service.name}.sh`;
    const script = fileText(service, path)
      .replaceAll("/etc/ssl/fleet/www.example.com", this.place)
      .replaceAll("/var/lib/fleet-acme", join(this.root, "client"))
      .replaceAll("root:root", me)
      .replace("PATH=", `PATH=${this.root}/bin:`);
    writeFileSync(join(this.root, "keeper.sh"), script);
    return new Promise((resolve) =>
      execFile("sh", [join(this.root, "keeper.sh"), command], (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
      ),
    );
  }

  /** What `read` tells, as JSON. */
  async read(service: Service): Promise<Record<string, Record<string, unknown>>> {
    const { said } = await this.keeper(service, "read");
    return JSON.parse(said.replaceAll(me, "root:root")) as Record<string, Record<string, unknown>>;
  }

  /** What systemctl was told, and the client asked, since the last time. */
  calls(of: "told" | "asked"): string[] {
    const path = join(this.root, of);
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, "utf8").trim().split("\n");
    rmSync(path);
    return lines;
  }

  list(): string[] {
    return readdirSync(this.place).sort();
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

const store = mkdtempSync(join(tmpdir(), "fleet-pairs-"));
process.on("exit", () => rmSync(store, { recursive: true, force: true }));
const pairs = new Map<string, string>();

/** A folder with a pair, made once: making one takes longer than all else. */
function pairOf(names: string[], days: number, issuer?: string): string {
  const key = JSON.stringify([names, days, issuer]);
  const known = pairs.get(key);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(store, "pair-"));
  const make = "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1";
  const by = issuer === undefined ? "" : "-CA ca.pem -CAkey ca.key";
  const authority = issuer === undefined ? ":" : `${make} -subj /CN=${issuer} -keyout ca.key -out ca.pem`;
  const san = names.map((name) => `DNS:${name}`).join();
  const leaf = `${make} ${by} -days ${days} -subj /CN=www.example.com -addext subjectAltName=${san}`;
  execFileSync("sh", ["-c", `(${authority} && ${leaf} -keyout key.pem -out cert.pem) 2>/dev/null`], { cwd: folder });
  pairs.set(key, folder);
  return folder;
}
