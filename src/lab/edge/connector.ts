import { Agent, request, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Connection } from "../clouds/cloudflare/tunnels-store.ts";

export interface Visit {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** How long a connector may take to say that it is there. */
const PING_MS = 4000;
const VISIT_MS = 60_000;

/** One connection that a connector has made, through which the edge sends requests, one after the other. */
export class Connector {
  readonly is: Connection;
  /** Of the configuration that it was last told. */
  version = -1;
  readonly #socket: Duplex;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #waiting = 0;

  constructor(is: Connection, socket: Duplex) {
    this.is = is;
    this.#socket = socket;
    this.#agent.createConnection = () => socket;
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** How many requests are on their way. */
  get load(): number {
    return this.#waiting;
  }

  visit = (visit: Visit): Promise<IncomingMessage> => this.#send(visit, VISIT_MS);

  async configure(version: number, config: object): Promise<void> {
    this.version = version;
    const body = Buffer.from(JSON.stringify({ version, config }));
    (await this.#send({ method: "CONFIGURE", path: "/", headers: {}, body }, PING_MS)).resume();
  }

  /** Hangs up on a connector that is silent. */
  async ping(): Promise<void> {
    if (this.#waiting > 0) return;
    const answer = this.#send({ method: "PING", path: "/", headers: {}, body: Buffer.alloc(0) }, PING_MS);
    await answer.then((said) => said.resume()).catch(() => this.close());
  }

  close(): void {
    this.#agent.destroy();
    this.#socket.destroy();
  }

  #send({ method, path, headers, body }: Visit, patienceMs: number): Promise<IncomingMessage> {
    this.#waiting++;
    return new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request({
        method,
        path,
        agent: this.#agent,
        headers: { host: "edge", ...headers, "content-length": body.length },
        timeout: patienceMs,
      });
      sent.on("response", resolve).on("error", reject);
      sent.on("timeout", () => {
        this.close();
        reject(new Error("the connector is silent"));
      });
      sent.end(body);
    }).finally(() => this.#waiting--);
  }
}
