/**
 * Plain values ↔ the protobuf Struct that the engine speaks. Facts from the engine's sdk/go/common/resource/properties.go:
 * a secret is a map with a signature key; a value not known yet is one of seven fixed strings, by kind.
 */
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { Struct, Value as ProtoValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { Secret, UNKNOWN, type Properties, type Value } from "./types.ts";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWNS = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** Assets and archives stay the marked maps that the engine sends, so that they survive a round trip. */
export function fromStruct(message: Struct | undefined): Properties {
  const entries: [string, Value][] = [];
  message?.getFieldsMap().forEach((value, key) => entries.push([key, fromProto(value)]));
  return Object.fromEntries(entries);
}

export function toStruct(properties: Properties): Struct {
  const message = new struct.Struct();
  const fields = message.getFieldsMap();
  for (const [key, value] of Object.entries(properties)) {
    if (value !== undefined) fields.set(key, toProto(value));
  }
  return message;
}

function fromProto(value: ProtoValue): Value {
  const { KindCase } = struct.Value;
  switch (value.getKindCase()) {
    case KindCase.STRING_VALUE: {
      const text = value.getStringValue();
      return UNKNOWNS.has(text) ? UNKNOWN : text;
    }
    case KindCase.BOOL_VALUE:
      return value.getBoolValue();
    case KindCase.NUMBER_VALUE:
      return value.getNumberValue();
    case KindCase.LIST_VALUE:
      return value.getListValue()!.getValuesList().map(fromProto);
    case KindCase.STRUCT_VALUE: {
      const map = fromStruct(value.getStructValue());
      return map[SIGNATURE] === SECRET ? new Secret(map["value"] ?? null) : map;
    }
    default:
      return null;
  }
}

function toProto(value: Value): ProtoValue {
  const message = new struct.Value();
  if (value === null) message.setNullValue(struct.NullValue.NULL_VALUE);
  else if (value === UNKNOWN) message.setStringValue(UNKNOWN_STRING);
  else if (typeof value === "string") message.setStringValue(value);
  else if (typeof value === "number") message.setNumberValue(value);
  else if (typeof value === "boolean") message.setBoolValue(value);
  else if (Array.isArray(value)) {
    const list = new struct.ListValue();
    list.setValuesList(value.map(toProto));
    message.setListValue(list);
  } else if (value instanceof Secret) message.setStructValue(toStruct({ [SIGNATURE]: SECRET, value: value.value as Value }));
  else message.setStructValue(toStruct(value as Properties));
  return message;
}
