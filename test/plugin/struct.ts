import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import protobuf from "protobufjs/minimal.js";
import type { Properties } from "../../src/plugin/types.ts";
import { readStruct, writeStruct } from "../../src/plugin/values.ts";

/** Between ours and the SDK's own class, through the bytes that both mean. */
export const toStruct = (properties: Properties): Struct =>
  struct.Struct.deserializeBinary(writeStruct(protobuf.Writer.create(), properties).finish());

export function fromStruct(message: Struct | undefined): Properties {
  const bytes = message?.serializeBinary() ?? new Uint8Array();
  return readStruct(protobuf.Reader.create(bytes), bytes.length);
}
