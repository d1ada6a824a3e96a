import type { Api } from "./types.ts";

const ATTEMPTS = 4;
const DEADLINE_MS = 30_000;

/**
 * GETs one page of JSON; waits and tries again when the provider is busy. @throws Error naming provider, path and
 * status, never the token.
 */
export async function getJson<T>(api: Api, provider: string, path: string): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(`${api.url}${path}`, {
      headers: { authorization: `Bearer ${api.token}` },
      signal: AbortSignal.timeout(DEADLINE_MS),
    }).catch((error: Error) => {
      throw new Error(
        `${provider} cannot be reached: ${error.cause instanceof Error ? error.cause.message : error.message}`,
      );
    });
    if (response.ok) return (await response.json()) as T;
    const busy = response.status === 429 || response.status >= 500;
    if (!busy || attempt === ATTEMPTS)
      throw new Error(
        `${provider} answered ${response.status} to GET ${path}` +
          (response.status === 401 || response.status === 403 ? ": check its token" : ""),
      );
    const seconds = Number(response.headers.get("retry-after")) || 2 ** attempt / 4;
    await new Promise((resolve) => setTimeout(resolve, Math.min(seconds, 10) * 1000));
  }
}
