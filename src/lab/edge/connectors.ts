import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { admit, connectionsOf, disconnect, tunnelsOf } from "../clouds/cloudflare/tunnels-store.ts";
import type { Store } from "../clouds/store.ts";
import { Connector, type Visit } from "./connector.ts";

/** Where connectors look for the edge. */
export const CONNECTORS_HOST = "region1.v2.argotunnel.com";
export const CONNECTORS_PORT = 7844;

/** How often what the API was told is looked at. */
const LOOK_MS = 250;
const PING_EVERY = 8;

/** Who carries the tunnels now. The API shows them, and takes them away. */
export class Connectors {
  readonly #store: Store;
  readonly #open = new Set<Connector>();
  readonly #looking: NodeJS.Timeout;
  #looks = 0;

  constructor(store: Store) {
    this.#store = store;
    // Those of a lab that was killed.
    for (const connection of connectionsOf(store).list()) disconnect(store, connection);
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
  }

  /** A connector asks to be let in: for the `upgrade` of an HTTP server. */
  readonly admit = (request: IncomingMessage, socket: Duplex): void => {
    const { authorization = "", "client-id": client = "", "client-version": version = "" } = request.headers;
    const tunnel = admit(this.#store, authorization.replace(/^Bearer /, ""));
    if (typeof tunnel === "string") {
      socket.end(`HTTP/1.1 401 ${tunnel}\r\nConnection: close\r\n\r\n`);
      return;
    }
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: cloudflared-stand-in\r\n\r\n");
    const id = randomUUID();
    const connection = connectionsOf(this.#store).put(id, {
      id,
      tunnel: tunnel.id,
      client: String(client),
      version: String(version),
      index: Number(request.headers["connection-index"]),
      opened_at: new Date().toISOString(),
      origin_ip: request.socket.remoteAddress ?? "",
    });
    const connector = new Connector(connection, socket);
    this.#open.add(connector);
    socket.on("error", () => {}).on("close", () => this.#left(connector));
    this.#tell(connector);
  };

  /** Has a visit answered by whoever carries the tunnel; undefined when nobody does. @throws Error when they fail */
  async visit(tunnel: string, visit: Visit): Promise<IncomingMessage | undefined> {
    const carrying = [...this.#open].filter(({ is, isOpen }) => is.tunnel === tunnel && isOpen);
    const [idle] = carrying.toSorted((a, b) => a.load - b.load);
    return idle?.visit(visit);
  }

  close(): void {
    clearInterval(this.#looking);
    for (const connector of this.#open) {
      this.#left(connector);
      connector.close();
    }
  }

  #left(connector: Connector): void {
    if (this.#open.delete(connector)) disconnect(this.#store, connector.is);
  }

  #look(): void {
    this.#looks++;
    for (const connector of this.#open) {
      if (!connectionsOf(this.#store).get(connector.is.id)) connector.close();
      else if (this.#looks % PING_EVERY === 0) void connector.ping();
      this.#tell(connector);
    }
  }

  #tell(connector: Connector): void {
    const { version = 0, config } = tunnelsOf(this.#store).get(connector.is.tunnel) ?? {};
    if (config && version !== connector.version) connector.configure(version, config).catch(() => connector.close());
  }
}
