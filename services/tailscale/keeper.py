#!/usr/bin/python3
"""Keeper of a host's place in its tailnet: `read`, `write` or `remove`, with lines of JSON on standard input. Written by fleet (services/tailscale).

There is one record, "node". Its fields, as `tailscale status` and `tailscale debug prefs` tell them:
  loggedIn        whether it takes part in the tailnet
  name            its name there, without the tailnet's
  tags            its tags, sorted
  keyExpiresSoon  whether its own key has expired, or does within two weeks
  acceptRoutes    whether it takes routes that others offer
  ssh             whether Tailscale's own SSH server runs
"""
import datetime, json, subprocess, sys, time

KEY = "/etc/fleet/tailscale.key"
SOON = datetime.timedelta(days=14)
# Whoever was told so by the control server has a moment to get it.
SETTLES_SECONDS = 5


class Failed(Exception):
    pass


def tailscale(*args):
    done = subprocess.run(["tailscale", *args], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Failed(f"tailscale {args[0]}: {said[-1] if said else f'exit code {done.returncode}'}")
    return done.stdout


def found():
    status, prefs = json.loads(tailscale("status", "--json")), json.loads(tailscale("debug", "prefs"))
    self = status.get("Self") or {}
    expiry = self.get("KeyExpiry")
    return {
        "loggedIn": status["BackendState"] == "Running",
        "name": self.get("DNSName", "").split(".")[0],
        "tags": sorted(self.get("Tags") or []),
        "keyExpiresSoon": expiry is not None and when(expiry) - datetime.datetime.now(datetime.timezone.utc) < SOON,
        "acceptRoutes": prefs["RouteAll"],
        "ssh": prefs["RunSSH"],
    }


def when(text):
    # A fraction of any length is more than every Python understands.
    return datetime.datetime.fromisoformat(text[:19] + "+00:00")


def write(wanted):
    now = found()
    settings = [f"--accept-routes={str(wanted['acceptRoutes']).lower()}", f"--ssh={str(wanted['ssh']).lower()}", f"--hostname={wanted['name']}"]
    # Only a key can say what it is, or that it is still trusted.
    if not now["loggedIn"] or now["tags"] != wanted["tags"] or now["keyExpiresSoon"]:
        # What is logged in already would spend the key twice.
        if now["loggedIn"]:
            tailscale("logout")
        try:
            tailscale("up", "--reset", f"--auth-key=file:{KEY}", "--timeout=30s", *settings)
        except Failed as error:
            raise Failed(f"{error}. A key lets in once: `npx fleet mesh rejoin STACK --host {wanted['name']}` makes another") from None
    elif now != wanted:
        tailscale("set", "--accept-risk=lose-ssh", *settings)
    deadline = time.monotonic() + SETTLES_SECONDS
    while found() != wanted and time.monotonic() < deadline:
        time.sleep(0.2)
    now = found()
    if now["loggedIn"] and now["name"] != wanted["name"]:
        raise Failed(
            f"the tailnet calls this host {now['name']}, because another device has the name {wanted['name']}: "
            "remove or rename that one in Tailscale's console"
        )
    if now != wanted:
        wrong = ", ".join(f"{field} is {json.dumps(now[field])}" for field in wanted if now[field] != wanted[field])
        raise Failed(f"after tailscale had accepted it, {wrong}")


def main(verb):
    for record in (fields for line in sys.stdin for fields in json.loads(line).values()):
        if verb == "write":
            write(record)
        elif verb == "remove":
            tailscale("logout")
        else:
            now = found()
            print(json.dumps({"node": {field: now[field] for field in record}}))


try:
    main(sys.argv[1])
except Failed as error:
    print(error)
    sys.exit(1)
except OSError as error:
    print(f"tailscale can't be asked: {error}")
    sys.exit(1)
