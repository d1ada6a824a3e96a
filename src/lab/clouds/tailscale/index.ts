import { spawn } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request as ask } from "node:http";
import { createInterface } from "node:readline";
import { buffer } from "node:stream/consumers";
import { serveAtSwitch } from "../../machines/network.ts";
import type { LabPaths } from "../../paths.ts";
import { CloudError, type CloudDefinition, type CloudReply, type CloudRequest, type Route } from "../http/types.ts";
import { AUTHORITY, CONTROL_ADDRESS } from "./place.ts";
import { TAILNET } from "./programs.ts";

/** What a tailnet is begun with. */
export interface TailnetOptions {
  /** Its DNS name. */
  name: string;
  /** Who owns what has no tags. */
  owner: string;
  /** Addresses by the names of devices, as their owner would set them in the console once they have joined. */
  addresses?: Record<string, string>;
  /** The token that lets in whoever has made no other. */
  apiKey: string;
  paths: Pick<LabPaths, "id" | "tailnet">;
}

/**
 * Tailscale's API, behind what every cloud of the lab has (a log, faults), over the program in `tailnet/`, which is the
 * tailnet's control server too and keeps its state in a file.
 * @throws Error when the program does not start
 */
export async function createTailscale(options: TailnetOptions): Promise<CloudDefinition> {
  const tailnet = await startTailnet(options);
  const methods: Route["method"][] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
  return {
    name: "tailscale",
    basePath: "",
    routes: methods.map((method) => ({ method, path: "/**", handle: tailnet.send })),
    // The program knows all keys, and what each is for.
    authorize: () => {},
    renderError: ({ message }) => ({ message }),
    errorForStatus: (status) => new CloudError(status, status, MESSAGES[status] ?? "internal server error"),
    // 100 a second are let through.
    requestsPerHour: 360_000,
    allowanceHeaders: () => ({}),
    close: tailnet.close,
  };
}

const MESSAGES: Record<number, string> = {
  404: "not found",
  405: "method not allowed",
  412: "precondition failed, invalid old hash",
  429: "rate limit exceeded",
};

/** Starts the program where machines find it. It ends with this process, however that ends. */
async function startTailnet({ name, owner, addresses, apiKey, paths }: TailnetOptions) {
  const socketPath = `/run/${paths.id}-tailnet.sock`;
  await serveAtSwitch(paths.id, CONTROL_ADDRESS);
  const places = { state: paths.tailnet, api: socketPath, address: CONTROL_ADDRESS, authority: AUTHORITY };
  const child = spawn(
    "ip",
    ["netns", "exec", paths.id, TAILNET, ...Object.entries(places).map(([flag, value]) => `-${flag}=${value}`)],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = once(child, "exit");
  child.stdin.on("error", () => {}); // one that ends at once says why in the daemon's log
  child.stdin.write(JSON.stringify({ apiKey, tailnet: name, owner, addresses }));
  const ready = once(createInterface({ input: child.stdout }), "line");
  const [line] = (await Promise.race([ready, ended.then(() => [])])) as [string?];
  if (line === undefined) throw new Error("the lab's tailnet did not start: its reason is in the lab's daemon.log");
  return {
    send: (request: CloudRequest) => forward(socketPath, request),
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

async function forward(socketPath: string, { method, path, query, headers, raw }: CloudRequest): Promise<CloudReply> {
  const search = query.size > 0 ? `?${query.toString()}` : "";
  const sent = ask({ socketPath, method, path: path + search, headers });
  sent.end(raw);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const { "content-type": type = "application/json", etag } = answer.headers;
  return {
    status: answer.statusCode,
    body: await buffer(answer),
    headers: { "Content-Type": type, ...(etag && { ETag: etag }) },
  };
}
