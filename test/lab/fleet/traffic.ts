import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { Checkout } from "./checkout.ts";

/** What became of traffic through a tunnel. */
export interface Traffic {
  pings: { sent: number; received: number };
  /** Round trips over one TCP connection, one after the other, and the longest that one took. */
  stream: { roundTrips: number; longestMs: number };
}

const SERVER = `
import socketserver
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while (d := self.request.recv(64)): self.request.sendall(d)
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("10.84.0.1", 9000), Echo).serve_forever()
`;
/** Ends when it is told to, by the file. */
const CLIENT = (stop: string): string => `
import os, socket, time
c = socket.create_connection(("10.84.0.1", 9000), timeout=60)
n, longest = 0, 0
while not os.path.exists("${stop}"):
    t = time.time(); c.sendall(b"%8d" % n); assert c.recv(64) == b"%8d" % n
    longest = max(longest, time.time() - t); n += 1; time.sleep(0.005)
print(n, int(longest * 1000))
`;
const python = (program: string): string => `python3 -c '${program.replaceAll("'", `'"'"'`)}'`;

/** Starts a server on the hub that answers what it is sent, until the machine ends. */
export const serveTraffic = (fleet: Checkout): Promise<string> =>
  fleet.ssh(
    "hub",
    `systemctl is-active -q answer || systemd-run --quiet --unit=answer -p Restart=always ${python(SERVER)}`,
  );

/** Runs pings and a stream from a spoke to the hub, from before `meanwhile` is over until after. */
export async function traffic(fleet: Checkout, spoke: string, meanwhile: Promise<unknown>): Promise<Traffic> {
  const stop = `/run/stop-${randomUUID()}`;
  const pings = fleet.ssh(
    spoke,
    `ping -q -i 0.01 -w 120 10.84.0.1 & ping=$!; until [ -e ${stop} ]; do sleep 0.1; done; kill -INT $ping; wait`,
  );
  const stream = fleet.ssh(spoke, python(CLIENT(stop)));
  try {
    await meanwhile;
  } finally {
    await fleet.ssh(spoke, `touch ${stop}`);
  }
  const [sent, received] = /(\d+) packets transmitted, (\d+) received/
    .exec(await pings)!
    .slice(1)
    .map(Number) as [number, number];
  const [roundTrips, longestMs] = (await stream).split(" ").map(Number) as [number, number];
  expect(roundTrips).toBeGreaterThan(100);
  return { pings: { sent, received }, stream: { roundTrips, longestMs } };
}
