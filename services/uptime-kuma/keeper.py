#!/usr/bin/python3
"""Keeper of records in Uptime Kuma: `read`, `write` or `remove`, with lines of JSON on standard input. Written by fleet (services/uptime-kuma).

Speaks Kuma's own API, socket.io over HTTP polling, for Kuma 1.23 and 2. A record is "monitor NAME" or "notification NAME". Its fields are Kuma's own, but for
  tokenFile      file with the push token of a monitor: told as it is when it holds the monitor's token
  notifications  names of the notifications that a monitor sends
"""
import json, sys, urllib.error, urllib.request

SETTINGS = "/etc/fleet/uptime-kuma.json"
# What a client has to say of a new monitor besides its own fields.
NEW_MONITOR = {"accepted_statuscodes": ["200-299"], "maxretries": 0, "resendInterval": 0, "upsideDown": False}


class Failed(Exception):
    pass


class Client:
    """A logged-in client. Lists that Kuma sends by itself are in `events`, by the event's name."""

    def __init__(self, url, username, password):
        self.url = f"{url}/socket.io/?EIO=4&transport=polling"
        self.events, self.answers, self.count = {}, {}, 0
        self.url += "&sid=" + json.loads(self.request()[1:])["sid"]
        self.request("40")
        if self.call("needSetup") is True:
            self.ask("setup", username, password)
        self.ask("login", {"username": username, "password": password, "token": ""})
        # Before the login Kuma does not say its version.
        self.wait_for(lambda: self.events.get("info", {}).get("version") and {"monitorList", "notificationList"} <= self.events.keys())

    def request(self, packet=None):
        body = None if packet is None else packet.encode()
        with urllib.request.urlopen(urllib.request.Request(self.url, body, {"Content-Type": "text/plain;charset=UTF-8"}), timeout=40) as response:
            return response.read().decode()

    def receive(self):
        for packet in self.request().split("\x1e"):
            if packet == "2":
                self.request("3")
            elif packet.startswith("42"):
                event, *args = json.loads(packet[2:])
                self.events[event] = args[0] if args else None
            elif packet.startswith("43"):
                start = packet.index("[")
                self.answers[int(packet[2:start])] = json.loads(packet[start:])
            elif packet.startswith(("41", "44", "1", "6")):
                raise Failed("Uptime Kuma ended the connection")

    def wait_for(self, arrived):
        while not arrived():
            self.receive()

    def call(self, event, *args):
        self.count += 1
        self.request(f"42{self.count}" + json.dumps([event, *args]))
        self.wait_for(lambda: self.count in self.answers)
        return self.answers[self.count][0]

    def ask(self, event, *args):
        answer = self.call(event, *args)
        if not answer.get("ok"):
            raise Failed(f"{event}: {answer.get('msg', 'refused')}")
        return answer

    def monitor(self, name):
        return next((m for m in self.events["monitorList"].values() if m["name"] == name), None)

    def notification(self, name):
        return next((n for n in self.events["notificationList"] if n["name"] == name), None)

    def notification_names(self, monitor):
        chosen = [id for id, on in monitor.get("notificationIDList", {}).items() if on]
        return [n["name"] for n in self.events["notificationList"] if str(n["id"]) in chosen]

    def close(self):
        self.request("1")


def token_in(path):
    with open(path) as file:
        return file.read().strip()


def same_order(found, declared):
    """A list of names in the order of the declared one when both hold the same."""
    return declared if sorted(found) == sorted(declared) else found


def read_monitor(kuma, name, fields):
    monitor = kuma.monitor(name)
    if monitor is None:
        return None

    def found(field):
        if field == "tokenFile":
            return fields[field] if monitor.get("pushToken") == token_in(fields[field]) else "[another token]"
        if field == "notifications":
            return same_order(kuma.notification_names(monitor), fields[field])
        value = monitor.get(field)
        return bool(value) if isinstance(fields[field], bool) else value

    return {field: found(field) for field in fields}


def write_monitor(kuma, name, fields):
    given = dict(fields)
    active = given.pop("active", True)
    if "tokenFile" in given:
        given["pushToken"] = token_in(given.pop("tokenFile"))
    if "notifications" in given:
        given["notificationIDList"] = {str(notification_id(kuma, n)): True for n in given.pop("notifications")}
    old = kuma.monitor(name)
    if old is None:
        since_2 = {} if kuma.events["info"]["version"].startswith("1.") else {"conditions": []}
        id = kuma.ask("add", {**NEW_MONITOR, **since_2, "name": name, **given})["monitorID"]
    else:
        id = kuma.ask("editMonitor", {**old, **given})["monitorID"]
    if active != bool(old is None or old["active"]):
        kuma.ask("resumeMonitor" if active else "pauseMonitor", id)


def notification_id(kuma, name):
    found = kuma.notification(name)
    if found is None:
        raise Failed(f"Uptime Kuma has no notification {name}")
    return found["id"]


def read_notification(kuma, name, fields):
    notification = kuma.notification(name)
    if notification is None:
        return None
    config = json.loads(notification["config"])
    return {field: config.get(field) for field in fields}


def write_notification(kuma, name, fields):
    old = kuma.notification(name)
    config = json.loads(old["config"]) if old else {"isDefault": False, "applyExisting": False}
    kuma.ask("addNotification", {**config, "name": name, **fields}, old["id"] if old else None)


def remove(kuma, kind, name):
    found = kuma.monitor(name) if kind == "monitor" else kuma.notification(name)
    if found is not None:
        kuma.ask("deleteMonitor" if kind == "monitor" else "deleteNotification", found["id"])


def main(verb):
    records = {key: fields for line in sys.stdin for key, fields in json.loads(line).items()}
    with open(SETTINGS) as file:
        kuma = Client(**json.load(file))
    # Monitors name notifications: those are written first, and removed last.
    order = sorted(records, key=lambda key: key.startswith("monitor ") != (verb == "remove"))
    told = {}
    for key in order:
        kind, name = key.split(" ", 1)
        if verb == "remove":
            remove(kuma, kind, name)
        elif verb == "write":
            (write_monitor if kind == "monitor" else write_notification)(kuma, name, records[key])
        else:
            told[key] = (read_monitor if kind == "monitor" else read_notification)(kuma, name, records[key])
    if verb == "read":
        print(json.dumps({key: found for key, found in told.items() if found is not None}))
    kuma.close()


try:
    main(sys.argv[1])
except Failed as error:
    print(error)
    sys.exit(1)
except urllib.error.URLError as error:
    print(f"Uptime Kuma does not answer: {error.reason}")
    sys.exit(1)
except OSError as error:
    print(error)
    sys.exit(1)
