#!/usr/bin/python3
"""STAND-IN for cloudflared, for lab machines only.

cloudflared can be had from no registry. This one has its command line, its /ready, its log's words and its ways: it
keeps four connections to the edge, which it finds by the vendor's name, takes the tunnel's configuration from there
whenever that changes, and hands visitors on to what the configuration says. The protocol is the lab's own: a connection
is made by an HTTP upgrade, and from then on the edge sends HTTP requests through it. WebSockets and HTTP/2 to an origin
are not there.
"""
import argparse, base64, http.client, json, os, re, socket, ssl, sys, threading, time, uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

VERSION = "2026.3.0-lab-stand-in"
EDGE = ("region1.v2.argotunnel.com", 7844)
CONNECTIONS = 4
CLIENT = str(uuid.uuid4())
# The edge asks every other second whether somebody is there.
SILENCE_SECONDS = 15
LONGEST_WAIT = 8
OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-connection"}

connected = set()
configuration = {"version": -1, "config": {"ingress": [{"service": "http_status:503"}]}}


def log(level, message, **fields):
    said = "".join(f" {name}={json.dumps(value)}" for name, value in fields.items())
    print(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {level} {message}{said}", file=sys.stderr, flush=True)


def notify_ready():
    address = os.environ.pop("NOTIFY_SOCKET", None)
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
            to.sendto(b"READY=1", "\0" + address[1:] if address[0] == "@" else address)


class Refused(Exception):
    pass


def register(token, index):
    """A connection that the edge has taken. Nothing is read beyond its answer: requests come after that."""
    raw = socket.create_connection(EDGE, timeout=10)
    edge = ssl.create_default_context().wrap_socket(raw, server_hostname=EDGE[0])
    headers = {"Host": EDGE[0], "Connection": "Upgrade", "Upgrade": "cloudflared-stand-in", "Authorization": f"Bearer {token}",
               "Client-Id": CLIENT, "Client-Version": VERSION, "Connection-Index": index}
    lines = ["GET /connect HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    edge.sendall("\r\n".join(lines).encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        byte = edge.recv(1)
        if not byte:
            raise OSError("the edge hung up")
        answer += byte
    _, status, reason = answer.split(b"\r\n")[0].decode().split(" ", 2)
    if status != "101":
        raise Refused(reason)
    edge.settimeout(SILENCE_SECONDS)
    return edge


def keep(token, index):
    wait = 1
    while True:
        try:
            with register(token, index) as edge:
                log("INF", "Registered tunnel connection", connIndex=index, connection=CLIENT, protocol="lab")
                wait = 1
                connected.add(index)
                notify_ready()
                Visits(edge, EDGE, None)
            log("WRN", "Connection terminated", connIndex=index)
        except Refused as reason:
            log("ERR", "Register tunnel error from server side", error=str(reason), connIndex=index)
        except OSError as error:
            log("ERR", "Unable to establish connection with Cloudflare edge", error=str(error), connIndex=index)
        connected.discard(index)
        log("INF", f"Retrying connection in up to {wait}s", connIndex=index)
        time.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT)


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def tell(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Visits(Answer):
    """What comes through one connection to the edge."""

    def do_PING(self):
        self.tell(204)

    def do_CONFIGURE(self):
        global configuration
        new = json.loads(self.body())
        if new["version"] > configuration["version"]:
            configuration = new
            log("INF", "Updated to new configuration", config=json.dumps(new["config"]), version=new["version"])
        self.tell(204)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def visit(self):
        body = self.body()
        config = configuration["config"]
        rule = next(rule for rule in config["ingress"] if takes(rule, self.headers["Host"], self.path))
        service = rule["service"]
        if service.startswith("http_status:"):
            return self.tell(int(service.split(":")[1]))
        origin = {**config.get("originRequest", {}), **rule.get("originRequest", {})}
        try:
            answer = ask(service, origin, self.command, self.path, self.headers, body)
        except (OSError, http.client.HTTPException) as error:
            log("ERR", "Unable to reach the origin service. The service may be down or it may not be responding to "
                "traffic from cloudflared", error=str(error), originService=service)
            return self.tell(502, b"Unable to reach the origin service\n")
        self.pass_on(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = visit

    def pass_on(self, answer):
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in OF_ONE_CONNECTION | {"content-length"}:
                self.send_header(name, value)
        bare = self.command == "HEAD" or answer.status in (204, 304)
        if not bare:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while not bare:
            part = answer.read1(65536)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            if not part:
                break
        answer.close()


def takes(rule, host, path):
    wanted = rule.get("hostname", "")
    name = host.split(":")[0].lower()
    fits = wanted in ("", "*", name) or (wanted.startswith("*.") and name.endswith(wanted[1:]))
    return fits and re.search(rule.get("path", ""), path.split("?")[0]) is not None


def ask(service, origin, method, path, headers, body):
    to = urlsplit(service)
    timeout = origin.get("connectTimeout", 10)
    if to.scheme == "https":
        context = ssl.create_default_context(cafile=origin.get("caPool"))
        if origin.get("noTLSVerify"):
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = Tls(to.hostname, to.port or 443, timeout=timeout, context=context)
        connection.called = origin.get("originServerName", to.hostname)
    elif to.scheme == "http":
        connection = http.client.HTTPConnection(to.hostname, to.port or 80, timeout=timeout)
    else:
        raise OSError(f"the stand-in speaks HTTP only, not {to.scheme}")
    connection.connect()
    connection.sock.settimeout(None)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", origin.get("httpHostHeader", headers["Host"]))
    for name, value in headers.items():
        if name.lower() not in OF_ONE_CONNECTION | {"host"}:
            connection.putheader(name, value)
    connection.endheaders(body or None)
    return connection.getresponse()


class Tls(http.client.HTTPSConnection):
    def connect(self):
        http.client.HTTPConnection.connect(self)
        self.sock = self._context.wrap_socket(self.sock, server_hostname=self.called)


class Ready(Answer):
    def do_GET(self):
        status = 200 if connected else 503
        told = {"status": status, "readyConnections": len(connected), "connectorId": CLIENT}
        self.tell(status if self.path == "/ready" else 404, json.dumps(told).encode(), [("Content-Type", "application/json")])


def read_token(path):
    try:
        with open(path) as file:
            token = file.read().strip()
        if {"a", "t", "s"} <= json.loads(base64.b64decode(token, validate=True)).keys():
            return token
    except OSError as error:
        sys.exit(f"Failed to read token file: {error.strerror}")
    except (ValueError, AttributeError):
        pass
    print("Provided Tunnel token is not valid.\nSee 'cloudflared tunnel run --help'.", file=sys.stderr)
    sys.exit(255)


def main():
    program = argparse.ArgumentParser(prog="cloudflared", description="STAND-IN for cloudflared")
    program.add_argument("--version", action="version", version=f"cloudflared version {VERSION}")
    tunnel = program.add_subparsers(required=True).add_parser("tunnel")
    tunnel.add_argument("--no-autoupdate", action="store_true")
    tunnel.add_argument("--metrics", default="127.0.0.1:20241")
    run = tunnel.add_subparsers(required=True).add_parser("run")
    run.add_argument("--token-file", required=True)
    given = program.parse_args()
    token = read_token(given.token_file)
    address, port = given.metrics.rsplit(":", 1)
    metrics = ThreadingHTTPServer((address, int(port)), Ready)
    log("INF", "Starting tunnel", tunnelID=json.loads(base64.b64decode(token))["t"])
    for index in range(CONNECTIONS):
        threading.Thread(target=keep, args=(token, index), daemon=True).start()
    metrics.serve_forever()


main()
