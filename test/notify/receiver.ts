import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A real HTTP server that notifications go to. */
export class Receiver {
  received: Received[] = [];
  /** What the next requests get instead of 200; `lost`: the message is kept, and the connection ends without a word. */
  faults: (number | "lost")[] = [];
  private readonly server = createServer((request, response) => {
    let body = "";
    request
      .setEncoding("utf8")
      .on("data", (text: string) => (body += text))
      .on("end", () => {
        const fault = this.faults.shift();
        if (typeof fault !== "number") this.received.push({ path: request.url!, headers: request.headers, body });
        if (fault === "lost") return void response.destroy();
        response.writeHead(fault ?? 200, fault === 302 ? { location: "/elsewhere" } : {}).end();
      });
  });

  async start(): Promise<string> {
    await once(this.server.listen(0, "127.0.0.1"), "listening");
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), "close");
  }
}
