"""STAND-IN for Uptime Kuma: its monitors and notifications, and the part of its socket.io API that they need."""
import hashlib, json, os, secrets, sys, threading, time, urllib.request
from datetime import datetime, timezone

from engine_io import EngineIo

VERSION = os.environ.get("STAND_IN_VERSION", "1.23.16")
DOWN, UP = 0, 1
STORE = os.path.join(os.environ.get("DATA_DIR", "./data"), "kuma-stand-in.json")
KEPT_BEATS = 200


class Refused(Exception):
    pass


class Kuma:
    def __init__(self):
        self.lock = threading.RLock()
        self.store = {"user": None, "next": 1, "monitors": {}, "notifications": {}, "beats": {}, "since": {}}
        if os.path.exists(STORE):
            with open(STORE) as file:
                self.store = json.load(file)
        self.io = EngineIo(self.connected, self.event)

    def save(self):
        with open(STORE + ".new", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            json.dump(self.store, file)
        os.replace(STORE + ".new", STORE)

    # what a client may ask for

    def connected(self, session):
        session.emit("info", {"primaryBaseURL": None})
        if not self.store["user"]:
            session.emit("setup")

    def event(self, session, event, args, acknowledge):
        handler = getattr(self, "on_" + event, None)
        if handler is None:
            return
        with self.lock:
            try:
                if event not in ("needSetup", "setup", "login") and session.user is None:
                    raise Refused("You are not logged in.")
                acknowledge(handler(session, *args))
                self.save()
            except Refused as refused:
                acknowledge({"ok": False, "msg": str(refused)})

    def on_needSetup(self, session):
        return self.store["user"] is None

    def on_setup(self, session, username, password):
        if self.store["user"]:
            raise Refused("Uptime Kuma has been initialized. If you want to run setup again, please delete the database.")
        salt = secrets.token_hex(16)
        self.store["user"] = {"name": username, "salt": salt, "hash": hashed(password, salt)}
        return {"ok": True, "msg": "successAdded", "msgi18n": True}

    def on_login(self, session, data):
        user = self.store["user"]
        if not user or data["username"] != user["name"] or hashed(data["password"], user["salt"]) != user["hash"]:
            raise Refused("authIncorrectCreds")
        session.user = user["name"]
        session.emit("info", {"version": VERSION, "latestVersion": VERSION, "primaryBaseURL": None})
        self.send_lists(session)
        return {"ok": True, "token": secrets.token_urlsafe(24)}

    def on_getMonitorList(self, session):
        self.send_lists(session)
        return {"ok": True}

    def on_add(self, session, monitor):
        if not all(isinstance(code, str) for code in monitor["accepted_statuscodes"]):
            raise Refused("Accepted status codes are not all strings")
        if VERSION.startswith("1.") and "conditions" in monitor:
            raise Refused("table monitor has no column named conditions")
        if not VERSION.startswith("1.") and monitor.get("conditions") is None:
            raise Refused("NOT NULL constraint failed: monitor.conditions")
        id = self.next_id()
        self.store["monitors"][id] = {"notificationIDList": {}, **monitor, "id": int(id), "active": True}
        self.store["since"][id] = time.time()
        self.send_lists()
        return {"ok": True, "msg": "successAdded", "msgi18n": True, "monitorID": int(id)}

    def on_editMonitor(self, session, monitor):
        old = self.monitor(monitor["id"])
        # As in Kuma, what a client leaves out is emptied, and pausing is no part of an edit.
        self.store["monitors"][str(old["id"])] = {**monitor, "active": old["active"]}
        self.send_lists()
        return {"ok": True, "msg": "Saved.", "msgi18n": True, "monitorID": old["id"]}

    def on_deleteMonitor(self, session, id):
        self.store["monitors"].pop(str(id), None)
        self.store["beats"].pop(str(id), None)
        self.store["since"].pop(str(id), None)
        self.send_lists()
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}

    def on_pauseMonitor(self, session, id):
        return self.set_active(id, False, "successPaused")

    def on_resumeMonitor(self, session, id):
        return self.set_active(id, True, "successResumed")

    def on_getMonitorBeats(self, session, id, hours):
        return {"ok": True, "data": self.store["beats"].get(str(id), [])}

    def on_addNotification(self, session, notification, id):
        if id is not None and str(id) not in self.store["notifications"]:
            raise Refused("notification not found")
        id = self.next_id() if id is None else str(id)
        self.store["notifications"][id] = {
            "id": int(id), "name": notification["name"], "config": json.dumps(notification), "active": True, "userId": 1, "isDefault": bool(notification.get("isDefault")),
        }
        self.send_lists()
        return {"ok": True, "msg": "Saved.", "msgi18n": True, "id": int(id)}

    def on_deleteNotification(self, session, id):
        if self.store["notifications"].pop(str(id), None) is None:
            raise Refused("notification not found")
        for monitor in self.store["monitors"].values():
            monitor["notificationIDList"].pop(str(id), None)
        self.send_lists()
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}

    # what happens to monitors

    def push(self, token, query):
        with self.lock:
            monitor = next((m for m in self.store["monitors"].values() if m.get("pushToken") == token and m["active"]), None)
            if monitor is None:
                raise Refused("Monitor not found or not active.")
            self.beat(monitor, UP if query.get("status", "up") == "up" else DOWN, query.get("msg") or "OK", query.get("ping"))

    def watch(self):
        """A push monitor that stays silent for its interval is down."""
        while True:
            time.sleep(1)
            with self.lock:
                for id, monitor in list(self.store["monitors"].items()):
                    last = max(self.store["since"][id], *[beat["at"] for beat in self.store["beats"].get(id, [])[-1:]], 0)
                    if monitor["type"] == "push" and monitor["active"] and time.time() - last > monitor["interval"] + 1:
                        self.beat(monitor, DOWN, "No heartbeat in the time window", None)

    def beat(self, monitor, status, msg, ping):
        beats = self.store["beats"].setdefault(str(monitor["id"]), [])
        before = beats[-1]["status"] if beats else None
        now = datetime.now(timezone.utc)
        beat = {"monitorID": monitor["id"], "status": status, "time": now.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3], "msg": msg, "ping": ping, "important": before != status, "at": now.timestamp()}
        self.store["beats"][str(monitor["id"])] = [*beats, beat][-KEPT_BEATS:]
        self.save()
        for session in self.logged_in():
            session.emit("heartbeat", beat)
        if status != before and (before is not None or status == DOWN):
            for id in monitor["notificationIDList"]:
                threading.Thread(target=notify, args=(json.loads(self.store["notifications"][id]["config"]), monitor, beat), daemon=True).start()

    def set_active(self, id, active, msg):
        self.monitor(id)["active"] = active
        self.store["since"][str(id)] = time.time()
        self.send_lists()
        return {"ok": True, "msg": msg, "msgi18n": True}

    def monitor(self, id):
        if str(id) not in self.store["monitors"]:
            raise Refused("Monitor not found")
        return self.store["monitors"][str(id)]

    def next_id(self):
        self.store["next"] += 1
        return str(self.store["next"] - 1)

    def logged_in(self):
        return [session for session in list(self.io.sessions.values()) if session.user]

    def send_lists(self, session=None):
        for one in [session] if session else self.logged_in():
            one.emit("monitorList", self.store["monitors"])
            one.emit("notificationList", list(self.store["notifications"].values()))


def hashed(password, salt):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 10000).hex()


def notify(config, monitor, beat):
    status, tag = ("Up", "green_circle") if beat["status"] == UP else ("Down", "red_circle")
    message = {"topic": config["ntfytopic"], "message": beat["msg"], "priority": config.get("ntfyPriority", 4), "title": f"{monitor['name']} {status} [Uptime-Kuma]", "tags": [tag]}
    try:
        urllib.request.urlopen(urllib.request.Request(config["ntfyserverurl"], json.dumps(message).encode(), {"Content-Type": "application/json"}), timeout=10).close()
    except OSError as error:
        print(f"notification {config['name']}: {error}", file=sys.stderr, flush=True)
