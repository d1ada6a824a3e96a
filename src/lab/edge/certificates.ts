import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import { run } from "../machines/run.ts";

/** The edge's certificates: an authority of the lab's own, and below it a certificate for each zone, as visitors get. */
export class Certificates {
  /** What has to be trusted, in PEM. */
  readonly root: string;
  readonly #folder: string;
  readonly #made = new Map<string, Promise<SecureContext>>();

  private constructor(folder: string, root: string) {
    this.#folder = folder;
    this.root = root;
  }

  /** @param folder is made with an authority in it when it is not there */
  static async open(folder: string): Promise<Certificates> {
    const [key, root] = [join(folder, "ca.key"), join(folder, "ca.pem")];
    if (!existsSync(root)) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const options = `req -x509 ${NEW_KEY} -days 3650 -subj /O=lab/CN=edge -addext keyUsage=critical,keyCertSign`;
      await run("openssl", [...options.split(" "), "-keyout", key, "-out", `${root}.new`]);
      await rename(`${root}.new`, root);
    }
    return new Certificates(folder, await readFile(root, "utf8"));
  }

  /** For a name and, as the vendor's universal certificates, the names right below it. */
  of(name: string): Promise<SecureContext> {
    const made = this.#made.get(name) ?? this.#make(name);
    this.#made.set(name, made);
    return made;
  }

  async #make(name: string): Promise<SecureContext> {
    const work = await mkdtemp(join(this.#folder, "part-"));
    const at = (file: string) => join(work, file);
    try {
      await writeFile(at("names"), `subjectAltName=DNS:${name},DNS:*.${name}\n${EXTENSIONS}`);
      const request = `req ${NEW_KEY} -subj /CN=${name.slice(0, 64)}`;
      await run("openssl", [...request.split(" "), "-keyout", at("key"), "-out", at("csr")]);
      const sign = ["x509", "-req", "-days", "90", "-in", at("csr"), "-extfile", at("names"), "-out", at("pem")];
      const by = ["-CA", join(this.#folder, "ca.pem"), "-CAkey", join(this.#folder, "ca.key"), "-set_serial", serial()];
      await run("openssl", [...sign, ...by]);
      const [cert, key] = await Promise.all([readFile(at("pem")), readFile(at("key"))]);
      return createSecureContext({ cert, key });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
}

const NEW_KEY = "-nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1";
/** Strict clients want all of them. */
const EXTENSIONS = `basicConstraints=CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
`;
const serial = (): string => `0x1${crypto.randomUUID().replaceAll("-", "").slice(0, 30)}`;
