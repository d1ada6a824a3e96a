import { Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { initFailed, rpcStatus } from "./protocol.ts";
import { PartialFailure } from "./types.ts";

/**
 * An error as the engine wants it: the message alone, without a stack. A PartialFailure carries the state to keep as a
 * google.rpc.Status in the trailer that Go's gRPC reads details from.
 */
export function toGrpcError(error: unknown): Partial<ServiceError> {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new Metadata();
  if (error instanceof PartialFailure) {
    const { id, state, inputs, reasons } = error;
    const value = initFailed.encode({ id, properties: state, inputs, reasons });
    const details = [{ typeUrl: "type.googleapis.com/pulumirpc.ErrorResourceInitFailed", value }];
    metadata.add("grpc-status-details-bin", rpcStatus.encode({ code: status.UNKNOWN, message, details }));
  }
  return { code: status.UNKNOWN, details: message, metadata };
}

/** The text with every occurrence of the secrets hidden; a secret of several lines is hidden line by line too. */
export function redact(text: string, secrets: Iterable<string>): string {
  const pieces = [...secrets]
    .flatMap((secret) => [secret, ...secret.split("\n")])
    .filter((piece) => piece.trim().length >= 4);
  // Longest first: a secret may hold another one.
  pieces.sort((a, b) => b.length - a.length);
  return pieces.reduce((rest, piece) => rest.replaceAll(piece, "[secret]"), text);
}
