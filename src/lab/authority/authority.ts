import { existsSync } from "node:fs";
import { appendFile, mkdir, readFile, rename } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import { join } from "node:path";
import type { Store } from "../clouds/store.ts";
import { machineId } from "../machines/names.ts";
import { connectMachine, disconnectMachine } from "../machines/network.ts";
import { run } from "../machines/run.ts";
import { addressIn, AUTHORITY } from "../machines/subnet.ts";
import { forward } from "./forward.ts";
import { listenIn } from "./listen-in.ts";
import { startPebble, type Pebble } from "./pebble.ts";

/** Let's Encrypt's API, which the lab's machines find at another address. */
export const AUTHORITY_HOST = "acme-v02.api.letsencrypt.org";
/** No machine can be called so. */
const NAME = "_acme";

export interface Authority {
  /** What machines have to trust to reach it, in PEM. What it issues they don't: nobody in the world does so by that. */
  certificate: string;
  address: string;
  close(): Promise<void>;
}

/**
 * The authority that gives certificates in the world, at its own name: pebble, behind the paths of Let's Encrypt. It
 * really asks for the challenges, by the names that the local Cloudflare has. pebble starts when it is first asked, and
 * has another root each time: `roots` collects them, for those who look from outside.
 */
export async function openAuthority(options: {
  lab: string;
  subnet: string;
  folder: string;
  roots: string;
  store: Store;
}): Promise<Authority> {
  const { lab, subnet, folder, roots, store } = options;
  const files = { certificate: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  if (!existsSync(files.certificate)) await makeCertificate(folder, files);
  const address = addressIn(subnet, AUTHORITY);
  const namespace = machineId(lab, NAME);
  await connectMachine(lab, NAME, { subnet, index: AUTHORITY });

  let started: Promise<Pebble> | undefined;
  const pebble = () =>
    (started ??= startPebble({ namespace, address, folder, ...files }).then(async (running) => {
      await appendFile(roots, running.root);
      return running;
    }));
  const [certificate, key] = await Promise.all([readFile(files.certificate, "utf8"), readFile(files.key, "utf8")]);
  const server: Server = createServer({ cert: certificate, key }, (request, response) => {
    const answer = async () => {
      const running = await pebble();
      if (request.method === "POST") await running.know(store);
      forward(request, response, running.url);
    };
    answer().catch((error: Error) => {
      // The next one who asks tries again.
      started = undefined;
      response.writeHead(503, { "content-type": "text/plain" }).end(`${error.message}\n`);
    });
  });
  await listenIn(namespace, 443, server);
  return {
    certificate,
    address,
    async close() {
      server.closeAllConnections();
      server.close();
      await started?.then((running) => running.close()).catch(() => {});
      await disconnectMachine(lab, NAME);
    },
  };
}

async function makeCertificate(folder: string, { certificate, key }: { certificate: string; key: string }) {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const made = [`${key}.new`, `${certificate}.new`] as const;
  const options =
    "req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 3650 -subj /CN=lab " +
    `-addext subjectAltName=DNS:${AUTHORITY_HOST}`;
  await run("openssl", [...options.split(" "), "-keyout", made[0], "-out", made[1]]);
  // The certificate last: by that it is known that both are there.
  await rename(made[0], key);
  await rename(made[1], certificate);
}
