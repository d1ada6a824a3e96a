#!/usr/bin/python3
"""STAND-IN for ntfy, for lab machines only: publishing to a topic (as headers or as JSON), /TOPIC/json?poll=1, and /v1/health.

Messages are kept in memory, and nobody's telephone rings.
"""
import json, re, secrets, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

with open(sys.argv[sys.argv.index("--config") + 1]) as file:
    address, port = re.search(r'^listen-http: "(.*):(\d+)"$', file.read(), re.M).groups()
PRIORITIES = ["min", "low", "default", "high", "max"]
messages = []


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        topic = urlsplit(self.path).path.strip("/")
        given = {"topic": topic, "message": body, "title": self.headers.get("Title"), "priority": self.headers.get("Priority", "default"), "tags": (self.headers.get("Tags") or "").split(",")}
        if topic == "":
            given = json.loads(body)
        priority = given.get("priority", 3)
        message = {"id": secrets.token_urlsafe(9), "time": int(time.time()), "event": "message", **given, "priority": PRIORITIES.index(priority) + 1 if priority in PRIORITIES else int(priority)}
        messages.append(message)
        self.answer(json.dumps(message))

    do_PUT = do_POST

    def do_GET(self):
        topic = re.fullmatch(r"/([\w-]+)/json", urlsplit(self.path).path)
        if topic:
            self.answer("".join(json.dumps(m) + "\n" for m in messages if m["topic"] == topic[1]))
        else:
            self.answer(json.dumps({"healthy": True}))

    def answer(self, text):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format, *args):
        pass


ThreadingHTTPServer((address, int(port)), Answer).serve_forever()
