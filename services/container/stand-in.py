"""STAND-IN for a container image, for lab machines only.

The owner's image can't be had there. This one answers on its ports in its place, so that the unit, the ports, the
health check and what stands in front can be tried. It does none of the real work.
"""
import json, os, signal, sys
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

NAME, VERSION, *PORTS = sys.argv[1:]
MODELS = {"object": "list", "data": [{"id": os.environ.get("MODEL", "stand-in"), "object": "model"}]}


def answer(path):
    if path == "/v1/models":
        return MODELS
    told = {"status": "healthy", "timestamp": datetime.now(timezone.utc).isoformat(), "version": VERSION}
    return {**told, "standIn": NAME, "path": path}


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(answer(self.path.partition("?")[0])).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET


print(f"stand-in for {NAME}: answering on", *PORTS, flush=True)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # the first process of a container has no default for it
for port in PORTS:
    Thread(target=ThreadingHTTPServer(("0.0.0.0", int(port)), Answer).serve_forever).start()
signal.pause()
