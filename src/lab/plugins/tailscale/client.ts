/** What the API refused, in its own words. Never holds a request's body or key. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

/** One reply: JSON where it is some, and the text as it is. */
export interface Reply {
  json: Record<string, unknown>;
  text: string;
  etag: string | null;
}

export type Client = (
  method: string,
  path: string,
  options?: { body?: unknown; headers?: Record<string, string> },
) => Promise<Reply>;

/** Tailscale's API for one tailnet. `{tailnet}` in a path stands for it. @throws ApiError */
export const createClient =
  (url: string, key: string, tailnet = "-"): Client =>
  async (method, path, { body, headers } = {}) => {
    const response = await fetch(`${url}/api/v2${path.replace("{tailnet}", encodeURIComponent(tailnet))}`, {
      method,
      headers: { Authorization: `Bearer ${key}`, ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get("content-type") ?? "").includes("application/json") && text !== "";
    const json = isJson ? (JSON.parse(text) as Reply["json"]) : {};
    if (!response.ok)
      throw new ApiError(response.status, `Tailscale refused ${method} ${path} with ${response.status}: ${told(json)}`);
    return { json, text, etag: response.headers.get("etag") };
  };

/** What the API says is wrong, on a line for each test of a policy that fails. */
export function told({ message, data }: Reply["json"]): string {
  const tests = (data ?? []) as { user: string; errors: string[] }[];
  return [String(message), ...tests.flatMap(({ user, errors }) => errors.map((e) => `  ${user}: ${e}`))].join("\n");
}
