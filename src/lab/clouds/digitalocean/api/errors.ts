import { randomUUID } from "node:crypto";
import { CloudError } from "../../http/types.ts";

/** The vendor's errors: id and HTTP status, with the text that comes without anybody's saying. */
const USUAL: Record<string, [status: number, message: string]> = {
  bad_request: [400, "The request could not be understood."],
  unauthorized: [401, "Unable to authenticate you"],
  forbidden: [403, "You do not have access for the attempted action."],
  not_found: [404, "The resource you requested could not be found."],
  method_not_allowed: [405, "This method is not allowed here."],
  conflict: [409, "The request could not be completed due to a conflict."],
  precondition_failed: [412, "The request could not be completed as things are."],
  unprocessable_entity: [422, "The request could not be processed."],
  too_many_requests: [429, "API rate limit exceeded."],
  server_error: [500, "Unexpected server-side error"],
  service_unavailable: [503, "Service unavailable"],
};

export function digitalOceanError(id: string, message?: string): CloudError {
  const [status, usual] = USUAL[id] ?? [500, id];
  return new CloudError(status, id, message ?? usual);
}

export const notFound = (): CloudError => digitalOceanError("not_found");
export const unprocessable = (message: string): CloudError => digitalOceanError("unprocessable_entity", message);

/** For what the HTTP kit refuses by itself, and for faults. */
export function errorForStatus(status: number): CloudError {
  const known = Object.entries(USUAL).find(([, [each]]) => each === status);
  const [id, [, message]] =
    known ?? (status >= 500 ? ["server_error", USUAL.server_error!] : ["bad_request", USUAL.bad_request!]);
  return new CloudError(status, id, message);
}

export const renderError = (error: CloudError): object => ({
  id: error.code,
  message: error.message,
  request_id: randomUUID(),
});
