#!/usr/bin/python3
"""STAND-IN for vault1984, for lab machines only.

The vault's program is not published. This one answers in its place: on 80 and 443 with a certificate of its own, and on the status port with numbers that
are counted, from a database in SQLite's WAL mode. It keeps nobody's secrets.
"""
import json, os, sqlite3, ssl, subprocess, threading, time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DOMAINS = os.environ["VAULT1984_DOMAINS"].split(",")
DATABASE = os.environ["VAULT1984_DATABASE"]
AUTOCERT = os.environ["VAULT1984_AUTOCERT"]
STATUS_HOST, STATUS_PORT = os.environ["VAULT1984_STATUS"].split(":")
# Whether each request of the last hour was answered well, with its time.
requests = deque(maxlen=100000)


def query(sql, *values):
    connection = sqlite3.connect(DATABASE, timeout=10)
    try:
        with connection:
            return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def certificate():
    """As Let's Encrypt gives them: for ninety days. One that is there is used."""
    path = os.path.join(AUTOCERT, "stand-in.pem")
    if not os.path.exists(path):
        names = ",".join(f"DNS:{name}" for name in DOMAINS)
        subprocess.run(["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "90", "-subj", f"/CN={DOMAINS[0]}",
                        "-addext", f"subjectAltName={names}", "-keyout", path, "-out", path + ".cert"], check=True, capture_output=True)
        with open(path, "a") as both, open(path + ".cert") as cert:
            both.write(cert.read())
        os.remove(path + ".cert")
    return path


class Answer(BaseHTTPRequestHandler):
    def answer(self, status, body, headers={}):
        text = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(text)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format, *args):
        pass


class Plain(Answer):
    def do_GET(self):
        self.answer(301, {}, {"Location": f"https://{DOMAINS[0]}{self.path}"})


class Vault(Answer):
    """/ says what it is; /login opens a session; anything else is not there."""

    def do_GET(self):
        status = {"/": 200, "/login": 201}.get(self.path, 404)
        requests.append((time.time(), status < 400))
        if status == 201:
            query("insert into sessions (at) values (?)", time.time())
        self.answer(status, {"standIn": "vault1984", "path": self.path})


class Status(Answer):
    def do_GET(self):
        if self.path != "/status":
            return self.answer(404, {})
        hour = [good for at, good in list(requests) if at > time.time() - 3600]
        [(sessions,)] = query("select count(*) from sessions where at > ?", time.time() - 3600)
        self.answer(200, {"active_sessions": sessions, "req_1h": len(hour), "err_1h": hour.count(False)})


query("pragma journal_mode=wal")
query("create table if not exists sessions (at real)")
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(certificate())
secure = ThreadingHTTPServer(("", 443), Vault)
secure.socket = tls.wrap_socket(secure.socket, server_side=True, do_handshake_on_connect=False)
for server in (ThreadingHTTPServer(("", 80), Plain), ThreadingHTTPServer((STATUS_HOST, int(STATUS_PORT)), Status)):
    threading.Thread(target=server.serve_forever, daemon=True).start()
secure.serve_forever()
