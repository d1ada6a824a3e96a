import type { IncomingMessage, ServerResponse } from "node:http";
import { request as send } from "node:https";

/** Where pebble has its directory instead of Let's Encrypt's place. */
const MOVED: Record<string, string> = { "/directory": "/dir" };

/** Hands a request on under the name that it was sent to, of which pebble makes the URLs in its answers. */
export function forward(request: IncomingMessage, response: ServerResponse, to: string): void {
  const { method, headers, url = "/" } = request;
  const onward = send(
    new URL(MOVED[url] ?? url, to),
    { method, headers, rejectUnauthorized: false, agent: false },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on("error", (error) => {
    if (!response.headersSent) response.writeHead(502);
    response.end(`${error.message}\n`);
  });
  request.pipe(onward);
}
