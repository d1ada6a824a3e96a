import { expect } from "vitest";

/** What earlier operations have made, by name. */
export type Made = Record<string, string | number>;

/** One call of a client, by the name and arguments that the API's description gives it. */
export interface Operation {
  call: string;
  args?: (made: Made) => Record<string, unknown>;
  /** Part of what the client makes of the answer. */
  answers?: (made: Made) => unknown;
  /** Status and message when it is refused. */
  refused?: [status: number, message: string | RegExp];
  /** Which fields of the answer later operations speak of: name → field. */
  keeps?: Record<string, string>;
  /** The answer comes to be so after a while. */
  eventually?: boolean;
}

export const some = (...things: object[]): unknown =>
  expect.arrayContaining(things.map((thing) => expect.objectContaining(thing) as unknown));
export const only = (...things: object[]): unknown => things.map((thing) => expect.objectContaining(thing) as unknown);
export const rule = (ports: string) => ({ protocol: "tcp", ports, sources: { addresses: ["0.0.0.0/0", "::/0"] } });
