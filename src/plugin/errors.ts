import { Metadata, status, type ServiceError } from "@grpc/grpc-js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import rpcStatus from "@pulumi/pulumi/proto/status_pb.js";
import { PartialFailure } from "./types.ts";
import { toStruct } from "./values.ts";

/**
 * An error as the engine wants it: the message alone, without a stack. A PartialFailure carries the state to keep as a
 * google.rpc.Status in the trailer that Go's gRPC reads details from.
 */
export function toGrpcError(error: unknown): Partial<ServiceError> {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new Metadata();
  if (error instanceof PartialFailure) {
    const detail = new pb.ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(toStruct(error.state));
    detail.setInputs(toStruct(error.inputs));
    detail.setReasonsList(error.reasons);
    const packed = new any.Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const details = new rpcStatus.Status();
    details.setCode(status.UNKNOWN);
    details.setMessage(message);
    details.addDetails(packed);
    metadata.add("grpc-status-details-bin", Buffer.from(details.serializeBinary()));
  }
  return { code: status.UNKNOWN, details: message, metadata };
}

/** The text with every occurrence of the secrets hidden; a secret of several lines is hidden line by line too. */
export function redact(text: string, secrets: Iterable<string>): string {
  const pieces = [...secrets].flatMap((secret) => [secret, ...secret.split("\n")]).filter((piece) => piece.trim().length >= 4);
  // Longest first: a secret may hold another one.
  pieces.sort((a, b) => b.length - a.length);
  return pieces.reduce((rest, piece) => rest.replaceAll(piece, "[secret]"), text);
}
