import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, request as encrypted } from "node:https";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { SecureContext } from "node:tls";
import type { Store } from "../clouds/store.ts";
import { listenIn } from "../authority/listen-in.ts";
import { machineId } from "../machines/names.ts";
import { connectMachine, disconnectMachine } from "../machines/network.ts";
import { addressIn, EDGE } from "../machines/subnet.ts";
import { Certificates } from "./certificates.ts";
import type { Visit } from "./connector.ts";
import { Connectors, CONNECTORS_HOST, CONNECTORS_PORT } from "./connectors.ts";
import { routeOf, zoneOfName, type Route } from "./route.ts";
import { runWorker } from "./worker.ts";

/** No machine can be called so. */
const NAME = "_edge";

export interface Edge {
  address: string;
  /** What has to be trusted to reach it, in PEM. */
  root: string;
  close(): Promise<void>;
}

/**
 * Cloudflare's edge for the zones of a lab: it answers for their proxied names, with certificates of an authority of
 * the lab's own, and leads visitors where the local Cloudflare was told. Connectors of tunnels reach it, too.
 * @param addressOf where the lab has the machine with a public address
 */
export async function openEdge(options: {
  lab: string;
  subnet: string;
  folder: string;
  store: Store;
  addressOf: (publicAddress: string) => Promise<string | undefined>;
}): Promise<Edge> {
  const { lab, subnet, folder, store } = options;
  const certificates = await Certificates.open(folder);
  await connectMachine(lab, NAME, { subnet, index: EDGE });
  const connectors = new Connectors(store);
  const visitors = new Visitors(store, connectors, options.addressOf);

  const certificateFor = (name: string, done: (error: Error | null, context?: SecureContext) => void) => {
    const zone = zoneOfName(store, name.toLowerCase())?.name;
    if (zone === undefined) done(new Error(`no zone of the lab has ${name}`));
    else certificates.of(zone).then((context) => done(null, context), done);
  };
  const https = createServer({ SNICallback: certificateFor }, visitors.answer);
  const http = createHttp(visitors.answer);
  const ofConnectors = createServer({
    SNICallback: (_, done) => void certificates.of(CONNECTORS_HOST).then((context) => done(null, context), done),
  }).on("upgrade", connectors.admit);
  const servers = [https, http, ofConnectors];
  const ports = [443, 80, CONNECTORS_PORT];
  await Promise.all(servers.map((server, i) => listenIn(machineId(lab, NAME), ports[i]!, server)));
  return {
    address: addressIn(subnet, EDGE),
    root: certificates.root,
    async close() {
      connectors.close();
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
      await disconnectMachine(lab, NAME);
    },
  };
}

/** What the vendor says when it cannot answer, by its own numbers. */
class EdgeError extends Error {
  readonly status: number;
  constructor(status: number, code: number) {
    super(`error code: ${code}`);
    this.status = status;
  }
}

class Visitors {
  readonly #store: Store;
  readonly #connectors: Connectors;
  readonly #addressOf: (publicAddress: string) => Promise<string | undefined>;

  constructor(store: Store, connectors: Connectors, addressOf: (address: string) => Promise<string | undefined>) {
    this.#store = store;
    this.#connectors = connectors;
    this.#addressOf = addressOf;
  }

  readonly answer = (incoming: IncomingMessage, response: ServerResponse): void => {
    this.#answer(incoming, response).catch((error: Error) => {
      if (response.headersSent) response.destroy();
      else
        response
          .writeHead(error instanceof EdgeError ? error.status : 520, {
            "content-type": "text/plain",
            server: "cloudflare",
          })
          .end(`${error.message}\n`);
    });
  };

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = (incoming.headers.host ?? "").split(":")[0]!.toLowerCase();
    const scheme = "encrypted" in incoming.socket ? "https" : "http";
    const visit: Visit = {
      method: incoming.method ?? "GET",
      path: incoming.url ?? "/",
      headers: forwarded(incoming, scheme),
      body: await buffer(incoming),
    };
    const route = routeOf(this.#store, name, visit.path);
    if (route?.to === "worker") {
      const request = requestOf(visit, new URL(visit.path, `${scheme}://${name}`));
      const answer = await runWorker(this.#store, route.script, request, this.#pastWorkers).catch(() => {
        throw new EdgeError(500, 1101);
      });
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
      return;
    }
    const { status, headers, body } = await this.#origin(route, visit);
    response.writeHead(status, { ...headers, server: "cloudflare" });
    body.pipe(response);
  }

  /** What a Worker's own `fetch` reaches: what stands behind the names of the lab's zones. */
  readonly #pastWorkers = async (request: Request): Promise<Response> => {
    const { hostname, pathname, search } = new URL(request.url);
    const visit: Visit = {
      method: request.method,
      path: pathname + search,
      headers: { ...Object.fromEntries(request.headers), host: hostname },
      body: Buffer.from(await request.arrayBuffer()),
    };
    const { status, headers, body } = await this.#origin(routeOf(this.#store, hostname, visit.path, true), visit);
    const content = new Uint8Array(await buffer(body));
    return new Response([204, 304].includes(status) ? null : content, { status, headers: headersOf(headers) });
  };

  async #origin(route: Route | undefined, visit: Visit): Promise<Answer> {
    if (!route || route.to === "worker") throw new EdgeError(409, 1001);
    if (route.to === "elsewhere") {
      const body = Readable.from([JSON.stringify({ standIn: route.name, path: visit.path })]);
      return { status: 200, headers: { "content-type": "application/json" }, body };
    }
    if (route.to === "address") {
      const address = await this.#addressOf(route.address);
      if (address === undefined) throw new EdgeError(522, 522);
      return answerOf(await throughAddress(address, visit));
    }
    const answer = await this.#connectors.visit(route.id, visit).catch(() => {
      throw new EdgeError(502, 502);
    });
    if (!answer) throw new EdgeError(530, 1033);
    return answerOf(answer);
  }
}

interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  body: Readable;
}

function answerOf(body: IncomingMessage): Answer {
  const { connection: _, "keep-alive": __, "transfer-encoding": ___, ...headers } = body.headers;
  return { status: body.statusCode ?? 520, headers, body };
}

const headersOf = (headers: IncomingMessage["headers"]): Headers =>
  new Headers(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));

function requestOf({ method, headers, body }: Visit, url: URL): Request {
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(url, { method, headers: headersOf(headers), ...(hasBody && { body: new Uint8Array(body) }) });
}

/** The visitor's headers, as origins get them. */
function forwarded({ headers, socket }: IncomingMessage, scheme: string): IncomingMessage["headers"] {
  const { connection: _, "transfer-encoding": __, expect: ___, upgrade: ____, ...rest } = headers;
  const from = socket.remoteAddress ?? "";
  return {
    ...rest,
    "cf-connecting-ip": from,
    "x-forwarded-for": from,
    "x-forwarded-proto": scheme,
    "cf-ray": "lab-LAB",
  };
}

/** An origin with an address is asked over TLS; its certificate is not judged, as with "full". */
function throughAddress(address: string, { method, path, headers, body }: Visit): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { host = "" } = headers;
    const options = { host: address, method, path, headers, timeout: 15_000, agent: false as const };
    const sent = encrypted({ ...options, port: 443, servername: host, rejectUnauthorized: false });
    sent.on("response", resolve).on("timeout", () => sent.destroy());
    sent.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ECONNREFUSED" ? new EdgeError(521, 521) : new EdgeError(522, 522)),
    );
    sent.end(body);
  });
}
