import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Forge } from "../../src/ci/forge.ts";

export interface StoredComment {
  id: number;
  body: string;
  user: { login: string };
}

/**
 * What the next request gets instead of its answer. `lost`: it is carried out, and the connection ends without a word.
 */
export interface Fault {
  method?: string;
  status?: number;
  headers?: Record<string, string>;
  lost?: true;
}

/** Stands in for the part of a forge's API that comments go through, as GitHub and Forgejo speak it. */
export class ForgeServer {
  comments: StoredComment[] = [];
  faults: Fault[] = [];
  /** "GET /repos/o/r/issues/5/comments?page=2", in order. */
  requests: string[] = [];
  /** Seconds that the client waited between its tries. */
  waits: number[] = [];
  pageSize = 2;
  account = "github-actions[bot]";
  /** GitHub does not tell a job's token who it is; Forgejo does. */
  tellsAccount = false;
  /** Pull requests by the commits that they are in. */
  pulls: Record<string, { number: number; merged_at: string | null }[]> = {};
  /** How it tells them: GitHub as a list, Forgejo the one that was merged. */
  kind: "github" | "forgejo" = "github";
  /** Whether the token may read pull requests. */
  readsPulls = true;
  /** Where the next page is said to be. */
  linkOrigin: string | undefined;
  private readonly server = createServer((request, response) => void this.answer(request, response));

  async start(prefix = ""): Promise<Forge> {
    await once(this.server.listen(0, "127.0.0.1"), "listening");
    this.prefix = prefix;
    return {
      api: `${this.origin}${prefix}`,
      repository: "owner/name",
      token: "t0ken",
      sleep: async (seconds) => void this.waits.push(seconds),
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), "close");
  }

  private prefix = "";
  private get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.origin);
    this.requests.push(
      `${request.method} ${url.pathname.slice(this.prefix.length)}` +
        (url.searchParams.has("page") ? `?page=${url.searchParams.get("page")}` : ""),
    );
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    const fault =
      this.faults[0] && (this.faults[0].method ?? request.method) === request.method && !url.pathname.endsWith("/user")
        ? this.faults.shift()
        : undefined;
    if (fault?.status) return this.send(response, fault.status, { message: "no" }, fault.headers);
    const [status, body, headers] =
      request.headers.authorization === "token t0ken" ? this.route(request.method!, url, text) : [401, {}];
    if (fault?.lost) return void response.destroy();
    this.send(response, status, body, headers);
  }

  private send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  }

  private route(
    method: string,
    url: URL,
    text: string,
  ): [status: number, body: unknown, headers?: Record<string, string>] {
    const path = url.pathname.slice(this.prefix.length);
    if (path === "/user") return this.tellsAccount ? [200, { login: this.account }] : [403, {}];
    const { body } = (text ? JSON.parse(text) : {}) as { body?: string };
    if (method === "GET" && path === "/repos/owner/name/issues/5/comments") return this.list(url);
    if (method === "POST" && path === "/repos/owner/name/issues/5/comments") return [201, this.add(body!)];
    if (/\/(pulls?)$/.test(path)) return this.pullsOf(path);
    const comment = this.comments.find(({ id }) => path === `/repos/owner/name/issues/comments/${id}`);
    if (method !== "PATCH" || !comment) return [404, {}];
    comment.body = body!;
    return [200, comment];
  }

  private pullsOf(path: string): [number, unknown] {
    if (!this.readsPulls) return [404, {}];
    if (path === "/repos/owner/name/pulls") return [200, []];
    const [, commit, last] = /^\/repos\/owner\/name\/commits\/(\w+)\/(pulls?)$/.exec(path) ?? [];
    const pulls = this.pulls[commit ?? ""] ?? [];
    if (last === "pulls" && this.kind === "github") return [200, pulls];
    const merged = pulls.find(({ merged_at: at }) => at !== null);
    return last === "pull" && this.kind === "forgejo" && merged ? [200, merged] : [404, {}];
  }

  add(body: string, login = this.account): StoredComment {
    const comment = { id: 100 + this.comments.length, body, user: { login } };
    this.comments.push(comment);
    return comment;
  }

  private list(url: URL): [number, unknown, Record<string, string>] {
    const page = Number(url.searchParams.get("page") ?? 1);
    const slice = this.comments.slice((page - 1) * this.pageSize, page * this.pageSize);
    const next = new URL(url.pathname, this.linkOrigin ?? this.origin);
    next.searchParams.set("page", String(page + 1));
    return [
      200,
      slice,
      page * this.pageSize < this.comments.length
        ? { link: `<${next.href}>; rel="next", <${next.href}>; rel="last"` }
        : {},
    ];
  }
}
