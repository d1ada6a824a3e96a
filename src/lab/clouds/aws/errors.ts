import { CloudError } from "../http/types.ts";

/** EC2 answers a client that asks too often with 503, never with 429. */
const CODES: Record<number, [code: string, message: string]> = {
  400: ["InvalidParameterValue", "A value that was given is not valid."],
  401: ["AuthFailure", "AWS was not able to validate the provided access credentials"],
  403: ["UnauthorizedOperation", "You are not authorized to perform this operation."],
  404: ["InvalidAction", "The action is not valid for this web service."],
  429: ["RequestLimitExceeded", "Request limit exceeded."],
  500: ["InternalError", "An internal error has occurred"],
  503: ["Unavailable", "The server is overloaded and can't handle the request."],
};

const MESSAGES: Record<string, string> = {
  VcpuLimitExceeded:
    "You have requested more vCPU capacity than your current vCPU limit allows for the instance bucket that the " +
    "specified instance type belongs to.",
  InstanceLimitExceeded: "Your quota allows for 0 more running instance(s).",
  RequestLimitExceeded: "Request limit exceeded.",
};

export const ec2Error = (status: number, code: string, message: string): CloudError =>
  new CloudError(status, code, message, undefined, { "Content-Type": "text/xml" });

export const errorForStatus = (status: number): CloudError =>
  ec2Error(status, ...(CODES[status] ?? CODES[status < 500 ? 400 : 500]!));

/** The body of every error of EC2's API. */
export function renderError({ code, message }: CloudError): Buffer {
  const text = MESSAGES[code] ?? message;
  const plain = text.replace(/[<>&]/g, (c) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;" })[c]!);
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
      `<Response><Errors><Error><Code>${code}</Code><Message>${plain}</Message></Error></Errors>` +
      `<RequestID>${crypto.randomUUID()}</RequestID></Response>`,
  );
}
