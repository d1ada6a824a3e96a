#!/usr/bin/python3
"""STAND-IN for Uptime Kuma, for lab machines only.

It answers the push URL and that part of Kuma's socket.io API that push monitors and ntfy notifications need, with the names, fields and messages of
Kuma 1.23 and 2, and keeps everything in one JSON file. It has no pages but a line that says what it is.
"""
import json, os, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from kuma import Kuma, Refused


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if url.path == "/socket.io/":
            self.answer(*kuma.io.handle(self.command, query, body), "text/plain; charset=UTF-8")
        elif url.path.startswith("/api/push/"):
            try:
                kuma.push(url.path.removeprefix("/api/push/"), query)
                self.answer(200, json.dumps({"ok": True}))
            except Refused as refused:
                self.answer(404, json.dumps({"ok": False, "msg": str(refused)}))
        elif url.path == "/api/entry-page":
            self.answer(200, json.dumps({"type": "entryPage", "entryPage": "dashboard"}))
        else:
            self.answer(200, "STAND-IN for Uptime Kuma\n", "text/plain")

    do_POST = do_GET

    def answer(self, status, text, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format, *args):
        """A push token is part of its URL: requests are not logged."""


kuma = Kuma()
threading.Thread(target=kuma.watch, daemon=True).start()
ThreadingHTTPServer((os.environ.get("UPTIME_KUMA_HOST", "127.0.0.1"), int(os.environ.get("UPTIME_KUMA_PORT", "3001"))), Answer).serve_forever()
