/**
 * Protocol Buffers' wire format for the few messages of the engine, over protobufjs (chosen because its reader and
 * writer go straight to plain values: the SDK's generated classes take four times as long, and as long to load as
 * everything else of a plugin).
 */
import protobuf, { type Reader, type Writer } from "protobufjs/minimal.js";
import type { Properties } from "./types.ts";
import { readStruct, writeStruct } from "./values.ts";

/** What stands in a field, and how it is written. */
export interface Kind<T> {
  /** What a field that is not there means. */
  none: T;
  /** @param before what an earlier occurrence of the field held */
  read(from: Reader, before: T): T;
  /** Writes field number `no`, tag and all. */
  write(to: Writer, no: number, value: T): void;
}

const VARINT = 0,
  FIXED64 = 1,
  BYTES = 2;
const tag = (to: Writer, no: number, wire: number): Writer => to.uint32((no << 3) | wire);

export const text: Kind<string> = {
  none: "",
  read: (from) => from.string(),
  write: (to, no, value) => void tag(to, no, BYTES).string(value),
};
export const bytes: Kind<Uint8Array> = {
  none: new Uint8Array(),
  read: (from) => from.bytes(),
  write: (to, no, value) => void tag(to, no, BYTES).bytes(value),
};
export const flag: Kind<boolean> = {
  none: false,
  read: (from) => from.bool(),
  write: (to, no, value) => void tag(to, no, VARINT).bool(value),
};
export const whole: Kind<number> = {
  none: 0,
  read: (from) => from.int32(),
  write: (to, no, value) => void tag(to, no, VARINT).int32(value),
};
export const real: Kind<number> = {
  none: 0,
  read: (from) => from.double(),
  write: (to, no, value) => void tag(to, no, FIXED64).double(value),
};

export const properties: Kind<Properties | undefined> = {
  none: undefined,
  read: (from) => readStruct(from, from.uint32() + from.pos),
  write: (to, no, value) => void writeStruct(tag(to, no, BYTES).fork(), value!).ldelim(),
};

export const listOf = <T>(item: Kind<T>): Kind<T[]> => ({
  none: [],
  read: (from, before) => [...before, item.read(from, item.none)],
  write: (to, no, values) => values.forEach((value) => item.write(to, no, value)),
});

type Fields = Record<string, readonly [no: number, kind: Kind<unknown>]>;
type MessageOf<F extends Fields> = { [K in keyof F]: F[K][1] extends Kind<infer T> ? T : never };

/** A message: its fields by name, each with its number. Those that are not named are skipped. */
export interface Message<T> {
  decode: (bytes: Uint8Array) => T;
  /** Fields may be left out. */
  encode: (value: Partial<T>) => Buffer;
  /** For a field that holds such a message. */
  nested: Kind<Partial<T>>;
}

export function message<F extends Fields>(fields: F): Message<MessageOf<F>> {
  const byNumber = new Map(Object.entries(fields).map(([name, [no, kind]]) => [no, { name, kind }]));
  const none = Object.fromEntries(Object.entries(fields).map(([name, [, kind]]) => [name, kind.none]));
  const read = (from: Reader, end: number) => {
    const value = { ...none };
    while (from.pos < end) {
      const key = from.uint32();
      const field = byNumber.get(key >>> 3);
      if (field) value[field.name] = field.kind.read(from, value[field.name]);
      else from.skipType(key & 7);
    }
    return value as MessageOf<F>;
  };
  const write = (to: Writer, value: Partial<MessageOf<F>>): Writer => {
    for (const [name, [no, kind]] of Object.entries(fields)) {
      const held = value[name];
      if (held !== undefined && held !== kind.none) kind.write(to, no, held);
    }
    return to;
  };
  return {
    decode: (bytes) => read(protobuf.Reader.create(bytes), bytes.length),
    encode: (value) => Buffer.from(write(protobuf.Writer.create(), value).finish()),
    nested: {
      none: {},
      read: (from) => read(from, from.uint32() + from.pos),
      write: (to, no, value) => void write(tag(to, no, BYTES).fork(), value).ldelim(),
    },
  };
}
