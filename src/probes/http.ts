import { isIP } from "node:net";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

export interface HttpAsk {
  tls: boolean;
  address: string;
  port: number;
  /** Asked for in Host and, unless it is an address, as the TLS server name. */
  host: string;
  path: string;
  headers: Record<string, string>;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const DEADLINE_MS = 10_000;
const LARGEST_BODY = 1 << 20;

/**
 * One GET to an address. The certificate is not judged: an origin behind a proxy may sign its
 * own.
 */
export function httpGet(ask: HttpAsk): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: ask.address,
      port: ask.port,
      path: ask.path,
      headers: { host: ask.host, ...ask.headers },
      agent: false as const,
      signal: AbortSignal.timeout(DEADLINE_MS),
    };
    const request = ask.tls
      ? httpsRequest({ ...options, servername: isIP(ask.host) ? "" : ask.host, rejectUnauthorized: false })
      : httpRequest(options);
    request.on("error", reject).on("response", (response) => {
      let body = "";
      response.setEncoding("utf8").on("error", reject);
      response.on("data", (text: string) =>
        body.length < LARGEST_BODY ? (body += text) : request.destroy(new Error("the body is over 1 MiB")),
      );
      response.on("end", () => {
        const headers = Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
        );
        resolve({ status: response.statusCode ?? 0, headers, body });
      });
    });
    request.end();
  });
}
