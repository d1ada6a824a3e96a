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
const CLIENT = (seconds: number): string => `
import socket, time
c = socket.create_connection(("10.84.0.1", 9000), timeout=60)
end, n, longest = time.time() + ${seconds}, 0, 0
while time.time() < end:
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

/** Runs pings and a stream from a spoke to the hub for a while. */
export async function traffic(fleet: Checkout, spoke: string, seconds: number): Promise<Traffic> {
  const [pings, stream] = await Promise.all([
    fleet.ssh(spoke, `ping -q -i 0.01 -w ${seconds} 10.84.0.1 | grep transmitted`),
    fleet.ssh(spoke, python(CLIENT(seconds))),
  ]);
  const [sent, received] = pings.match(/\d+/g)!.map(Number) as [number, number];
  const [roundTrips, longestMs] = stream.split(" ").map(Number) as [number, number];
  return { pings: { sent, received }, stream: { roundTrips, longestMs } };
}
