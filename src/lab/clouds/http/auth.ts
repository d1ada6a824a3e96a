import { createHash, timingSafeEqual } from "node:crypto";
import type { CloudRequest } from "./types.ts";

/** Whether the request carries this bearer token. */
export function hasBearerToken(request: CloudRequest, token: string): boolean {
  const given = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
