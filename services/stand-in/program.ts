/** What a stand-in does: answer HTTP on a port, wait until it is stopped, or say its name and end. */
export type Behaviour = { serve: number; /** The address that it listens on. */ at: string } | "wait" | "end";

/** The text of a Python 3 program that stands in for another one: the standard library only. */
export function standInProgram(name: string, behaviour: Behaviour, variables: readonly string[]): string {
  return `#!/usr/bin/python3
"""STAND-IN for ${name}, for lab machines only.

The owner's program is not published. This one answers in its place, so that its unit, port, schedule and
health check can be tried. It does none of the real work.
"""
import json, os, signal, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = ${JSON.stringify(name)}
VARIABLES = {name: os.environ.get(name) for name in ${JSON.stringify(variables)}}
${typeof behaviour === "object" ? answering(behaviour) : behaviour === "wait" ? WAITING : TELLING}`;
}

const WAITING = 'print(f"stand-in for {NAME}: waiting", flush=True)\nsignal.pause()\n';
const TELLING = 'print(f"stand-in for {NAME}:", *sys.argv[1:], flush=True)\n';

const answering = ({ serve, at }: { serve: number; at: string }): string => `
class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        told = {"standIn": NAME, "version": "stand-in", "path": self.path, "environment": VARIABLES}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

ThreadingHTTPServer((${JSON.stringify(at)}, ${serve}), Answer).serve_forever()
`;
