#!/usr/bin/python3
"""STAND-IN for ollama, for lab machines only.

Ollama cannot be fetched without the internet. This one has its commands serve, show, pull and list, and the part of its
API that they need. It writes where the real one does: a key in its home, and a file for each model that is pulled. No
model is in them, and every answer says so.
"""
import json, os, sys, time, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = os.environ.get("OLLAMA_HOST", "127.0.0.1:11434")
HOME = Path.home() / ".ollama"
MODELS = Path(os.environ.get("OLLAMA_MODELS", HOME / "models"))
MANIFESTS = MODELS / "manifests/registry.ollama.ai/library"


def manifest(model):
    return MANIFESTS / model.replace(":", "/")


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        names = sorted(":".join(p.relative_to(MANIFESTS).parts) for p in MANIFESTS.glob("*/*"))
        self.tell(200, {"models": [{"name": name} for name in names], "version": "stand-in"})

    def do_POST(self):
        model = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["model"]
        if self.path == "/api/pull":
            manifest(model).parent.mkdir(parents=True, exist_ok=True)
            manifest(model).write_text("stand-in\n")
        found = manifest(model).exists()
        self.tell(200 if found else 404, {"model": model, "response": "stand-in" if found else "not found"})

    def tell(self, status, what):
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve():
    time.sleep(1)  # The real one, too, answers a moment after it was started only.
    HOME.mkdir(exist_ok=True)
    (HOME / "id_ed25519").write_text("stand-in\n")
    MANIFESTS.mkdir(parents=True, exist_ok=True)
    address, port = HOST.rsplit(":", 1)
    ThreadingHTTPServer((address, int(port)), Answer).serve_forever()


def ask(path, model=None):
    data = None if model is None else json.dumps({"model": model}).encode()
    with urllib.request.urlopen(f"http://{HOST}/api/{path}", data) as answer:
        print(answer.read().decode())


if sys.argv[1:] == ["serve"]:
    serve()
elif sys.argv[1:] == ["list"]:
    ask("tags")
else:
    ask(*sys.argv[1:3])
