/**
 * Plain values ↔ google.protobuf.Struct, as the engine speaks it. Facts from the engine's
 * sdk/go/common/resource/properties.go: a secret is a map with a signature key; a value not known yet is one of seven
 * fixed strings, by kind.
 */
import type { Reader, Writer } from "protobufjs/minimal.js";
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

/** Tags (field number and wire type) of struct.proto. */
const FIELD = 0x0a,
  KEY = 0x0a,
  VALUE = 0x12,
  ITEM = 0x0a;
const NULL = 0x08,
  NUMBER = 0x11,
  STRING = 0x1a,
  BOOL = 0x20,
  STRUCT = 0x2a,
  LIST = 0x32;

/**
 * Keys come sorted, since the engine sends them in any order, each time another: equal values are equal as JSON.
 * Assets and archives stay the marked maps that the engine sends, so that they survive a round trip.
 */
export function readStruct(from: Reader, end: number): Properties {
  const entries: [string, Value][] = [];
  while (from.pos < end) {
    if (from.uint32() === FIELD) entries.push(readEntry(from, from.uint32() + from.pos));
    else throw new Error("the engine sent a Struct with an unknown field");
  }
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function readEntry(from: Reader, end: number): [string, Value] {
  let key = "";
  let value: Value = null;
  while (from.pos < end) {
    if (from.uint32() === KEY) key = from.string();
    else value = readValue(from, from.uint32() + from.pos);
  }
  return [key, value];
}

function readValue(from: Reader, end: number): Value {
  let value: Value = null;
  while (from.pos < end) value = readKind(from, from.uint32());
  return value;
}

function readKind(from: Reader, tag: number): Value {
  switch (tag) {
    case STRING: {
      const text = from.string();
      return UNKNOWNS.has(text) ? UNKNOWN : text;
    }
    case BOOL:
      return from.bool();
    case NUMBER:
      return from.double();
    case STRUCT: {
      const map = readStruct(from, from.uint32() + from.pos);
      return map[SIGNATURE] === SECRET ? new Secret(map["value"] ?? null) : map;
    }
    case LIST:
      return readList(from, from.uint32() + from.pos);
    default:
      from.skipType(tag & 7);
      return null;
  }
}

function readList(from: Reader, end: number): Value[] {
  const items: Value[] = [];
  while (from.pos < end) {
    from.uint32(); // ITEM, the only field
    items.push(readValue(from, from.uint32() + from.pos));
  }
  return items;
}

export function writeStruct(to: Writer, properties: Properties): Writer {
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    to.uint32(FIELD).fork().uint32(KEY).string(key);
    writeValue(to.uint32(VALUE).fork(), value).ldelim().ldelim();
  }
  return to;
}

function writeValue(to: Writer, value: Value): Writer {
  if (value === null) return to.uint32(NULL).int32(0);
  if (value === UNKNOWN) return to.uint32(STRING).string(UNKNOWN_STRING);
  if (typeof value === "string") return to.uint32(STRING).string(value);
  if (typeof value === "number") return to.uint32(NUMBER).double(value);
  if (typeof value === "boolean") return to.uint32(BOOL).bool(value);
  if (Array.isArray(value)) {
    to.uint32(LIST).fork();
    for (const item of value) writeValue(to.uint32(ITEM).fork(), item).ldelim();
    return to.ldelim();
  }
  const map = value instanceof Secret ? { [SIGNATURE]: SECRET, value: value.value as Value } : value;
  return writeStruct(to.uint32(STRUCT).fork(), map).ldelim();
}
