import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createAllowance } from "./allowance.ts";
import { Faults, type FaultRule } from "./faults.ts";
import type { RequestLog } from "./log.ts";
import { readRequest } from "./request.ts";
import { createRouter } from "./router.ts";
import { CloudError, type CloudDefinition, type CloudReply, type CloudRequest } from "./types.ts";

export interface CloudOptions {
  /** Left out: nothing is logged. */
  log?: RequestLog;
  /** Left out: no fault ever strikes. */
  faults?: Faults;
  /** On 127.0.0.1. Left out: any free one. */
  port?: number;
  /** Told of what a handler threw that is no CloudError; the client sees a 500. */
  onCrash?: (error: unknown, method: string, path: string) => void;
}

export interface RunningCloud {
  /** With the base path, without a slash at its end. */
  url: string;
  port: number;
  /** Stops listening, cuts open connections and waits for handlers and background work. */
  close: () => Promise<void>;
}

/** "lost" stands for a reply that is never sent. */
type Outcome = CloudReply | "lost";

/** Serves a cloud on 127.0.0.1. @throws Error when the port is taken. */
export async function startCloud(definition: CloudDefinition, options: CloudOptions = {}): Promise<RunningCloud> {
  const serve = createServing(definition, options);
  const working = new Set<Promise<void>>();
  const server = createServer((incoming, response) => {
    const work = serve(incoming, response).finally(() => working.delete(work));
    working.add(work);
  });
  // Pooled clients of a long-lived engine must not lose a request to a connection that closes just then.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${definition.basePath}`,
    port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await Promise.allSettled(working);
      await definition.close?.();
    },
  };
}

type Answerer = (request: CloudRequest) => Promise<Outcome>;

/** Authorisation, routing, faults and the vendor's errors, without any socket. */
function createAnswerer(definition: CloudDefinition, options: CloudOptions): Answerer {
  const route = createRouter(definition.routes);
  const faults = options.faults ?? new Faults();

  const handle = (request: CloudRequest): CloudReply | Promise<CloudReply> => {
    definition.authorize(request);
    const match = route(request.method, request.path);
    if (match === undefined) throw definition.errorForStatus(404);
    if (match === "wrong-method") throw definition.errorForStatus(405);
    request.params = match.params;
    return match.handle(request);
  };

  return async (request) => {
    const fault = faults.take(definition.name, request.method, request.path);
    try {
      if (fault?.fault === "slow") await sleep(fault.ms ?? 1000);
      if (fault?.fault === "status") throw faultOf(definition, fault);
      const reply = await handle(request);
      return fault?.fault === "lost-reply" ? "lost" : reply;
    } catch (error) {
      if (fault?.fault === "lost-reply") return "lost";
      if (!(error instanceof CloudError)) options.onCrash?.(error, request.method, request.path);
      return renderError(definition, error instanceof CloudError ? error : definition.errorForStatus(500));
    }
  };
}

function faultOf(definition: CloudDefinition, { status = 500, code }: FaultRule): CloudError {
  const usual = definition.errorForStatus(status);
  return code === undefined ? usual : new CloudError(status, code, usual.message, usual.details, usual.headers);
}

function renderError(definition: CloudDefinition, error: CloudError): CloudReply {
  const retry: Record<string, string> = error.status === 429 ? { "Retry-After": "1" } : {};
  return { status: error.status, body: definition.renderError(error), headers: { ...retry, ...error.headers } };
}

/** What happens to one request, from its first byte to its reply and its line in the log. */
function createServing(
  definition: CloudDefinition,
  options: CloudOptions,
): (incoming: IncomingMessage, response: ServerResponse) => Promise<void> {
  const answer = createAnswerer(definition, options);
  const allowance = createAllowance(definition.requestsPerHour);

  return async (incoming, response) => {
    const started = performance.now();
    const request = await readRequest(incoming, definition).catch(() => undefined);
    if (request === undefined) return; // The client went away in the middle of its request.
    const outcome = await answer(request);
    const reply = outcome === "lost" ? {} : outcome;
    const body = encode(reply.body);
    const status = outcome === "lost" ? 0 : (reply.status ?? (body === undefined ? 204 : 200));
    options.log?.add({
      time: new Date().toISOString(),
      cloud: definition.name,
      method: request.method,
      path: request.path,
      status,
      milliseconds: Math.round((performance.now() - started) * 10) / 10,
      bytes: body?.length ?? 0,
    });
    if (outcome === "lost") incoming.socket.destroy();
    else
      send(response, status, body, {
        ...contentHeaders(reply, body),
        ...definition.allowanceHeaders(allowance()),
        ...reply.headers,
      });
  };
}

function send(
  response: ServerResponse,
  status: number,
  body: Buffer | undefined,
  headers: Record<string, string>,
): void {
  response.writeHead(status, headers);
  response.end(body);
}

function contentHeaders(reply: CloudReply, body: Buffer | undefined): Record<string, string> {
  if (body === undefined) return {};
  return {
    "Content-Type": Buffer.isBuffer(reply.body) ? "application/octet-stream" : "application/json",
    "Content-Length": String(body.length),
  };
}

const encode = (body: unknown): Buffer | undefined =>
  body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
