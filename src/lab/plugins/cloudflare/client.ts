import { createSend, type ApiRequest, type Send } from "../http-client.ts";

export { ApiError } from "../http-client.ts";

export interface ApiClient {
  /** The envelope's result. @throws ApiError */
  call<T = Record<string, unknown>>(request: ApiRequest): Promise<T>;
  /** The reply as it is. @throws ApiError */
  raw: Send;
}

export function createClient(baseUrl: string, token: string): ApiClient {
  const raw = createSend({ name: "Cloudflare", baseUrl, setting: "baseUrl", token, reasons });
  return {
    raw,
    call: async <T>(request: ApiRequest) => {
      const text = await (await raw(request)).text();
      return (text === "" ? undefined : (JSON.parse(text) as { result: unknown }).result) as T;
    },
  };
}

function reasons(body: unknown): string[] {
  const { errors = [] } = body as {
    errors?: { code: number; message: string; error_chain?: { code: number; message: string }[] }[];
  };
  return errors
    .flatMap((error) => [error, ...(error.error_chain ?? [])])
    .map(({ code, message }) => `${message} (${code})`);
}
