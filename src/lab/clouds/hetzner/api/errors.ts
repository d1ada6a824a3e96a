import { CloudError } from "../../http/types.ts";

/** The vendor's errors: code and HTTP status as its API answers. */
const STATUS: Record<string, number> = {
  json_error: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  uniqueness_error: 409,
  deprecated_api_endpoint: 410,
  resource_unavailable: 412,
  invalid_input: 422,
  resource_in_use: 422,
  locked: 423,
  protected: 423,
  rate_limit_exceeded: 429,
  server_error: 500,
  bad_gateway: 502,
  unavailable: 503,
  timeout: 504,
};

/** Any of the vendor's codes; those about one kind of resource are answered as 422. */
export const hetznerError = (code: string, message: string, details: object = {}): CloudError =>
  new CloudError(STATUS[code] ?? 422, code, message, details);

export interface FieldError {
  name: string;
  messages: string[];
}

export function invalidInput(...fields: FieldError[]): CloudError {
  const first = fields[0];
  return hetznerError("invalid_input", `invalid input in field '${first?.name}': ${first?.messages[0]}`, { fields });
}

export const invalidField = (name: string, message: string): CloudError => invalidInput({ name, messages: [message] });

export const notFound = (what: string, id: string | number): CloudError =>
  hetznerError("not_found", `${what} with ID '${id}' not found`);

export const notUnique = (what: string, field: string): CloudError =>
  hetznerError("uniqueness_error", `${what} with the same ${field} already exists`, { fields: [{ name: field }] });

export const isProtected = (what: string, deed = "deletion"): CloudError =>
  hetznerError("protected", `${what} ${deed} is protected`);

/** For what the HTTP kit refuses by itself, and for faults. */
export function errorForStatus(status: number): CloudError {
  const code =
    Object.keys(STATUS).find((each) => STATUS[each] === status) ?? (status >= 500 ? "server_error" : "invalid_input");
  const message: Record<string, string> = {
    json_error: "request body is not valid JSON",
    not_found: "path not found",
    rate_limit_exceeded: "limit of 3600 requests per hour reached",
  };
  return new CloudError(status, code, message[code] ?? code.replaceAll("_", " "));
}

export const renderError = (error: CloudError): object => ({
  error: { code: error.code, message: error.message, details: error.details ?? null },
});
