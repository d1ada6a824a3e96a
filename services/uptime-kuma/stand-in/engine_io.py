"""STAND-IN, for lab machines only: the server's side of socket.io, over Engine.IO 4 by HTTP polling.

Text packets only, the one namespace "/", and no upgrade to WebSocket; the official clients accept that.
"""
import json, secrets, threading, time

PING_SECONDS = 25
FORGET_SECONDS = 90
SEPARATOR = "\x1e"


class Session:
    """One connected client. What is sent waits until the client asks for it."""

    def __init__(self):
        self.id = secrets.token_urlsafe(15)
        self.user = None
        self.seen = time.monotonic()
        self.closed = False
        self._packets = []
        self._ready = threading.Condition()

    def send(self, packet):
        with self._ready:
            self._packets.append(packet)
            self._ready.notify()

    def emit(self, event, *args):
        self.send("42" + json.dumps([event, *args]))

    def close(self):
        self.closed = True
        self.send("6")

    def take(self):
        """Waits for packets; a ping when there are none."""
        with self._ready:
            if not self._packets:
                self._ready.wait(PING_SECONDS)
            packets, self._packets = self._packets or ["2"], []
        return SEPARATOR.join(packets)


class EngineIo:
    """Sessions by id. `on_connect(session)` and `on_event(session, event, args, acknowledge)` are the program's."""

    def __init__(self, on_connect, on_event):
        self.sessions = {}
        self._on_connect = on_connect
        self._on_event = on_event

    def handle(self, method, query, body):
        """One request to /socket.io/: status and text of the answer."""
        if query.get("EIO") != "4" or query.get("transport") != "polling":
            return 400, json.dumps({"code": 5, "message": "Unsupported protocol version"})
        session = self.sessions.get(query.get("sid"))
        if session:
            session.seen = time.monotonic()
        if "sid" not in query and method == "GET":
            return 200, self._open()
        if session is None or session.closed:
            return 400, json.dumps({"code": 1, "message": "Session ID unknown"})
        if method == "GET":
            return 200, session.take()
        for packet in body.split(SEPARATOR):
            self._receive(session, packet)
        return 200, "ok"

    def _open(self):
        now = time.monotonic()
        self.sessions = {id: s for id, s in self.sessions.items() if not s.closed and now - s.seen < FORGET_SECONDS}
        session = Session()
        self.sessions[session.id] = session
        return "0" + json.dumps({"sid": session.id, "upgrades": [], "pingInterval": PING_SECONDS * 1000, "pingTimeout": 20000, "maxPayload": 1000000})

    def _receive(self, session, packet):
        if packet.startswith("40"):
            session.send("40" + json.dumps({"sid": session.id}))
            self._on_connect(session)
        elif packet.startswith("42"):
            digits = packet[2:packet.index("[")]
            event, *args = json.loads(packet[packet.index("["):])
            acknowledge = (lambda *answer: session.send(f"43{digits}" + json.dumps(answer))) if digits else (lambda *answer: None)
            self._on_event(session, event, args, acknowledge)
        elif packet in ("1", "41"):
            session.close()
