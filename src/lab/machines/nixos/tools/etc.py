"""The machine's /etc as a system says. What an earlier system put there, and this one does not, goes."""
import grp
import json
import os
import pwd
import subprocess

MADE = "/var/lib/nixos/made-in-etc.json"
UNITS = "/etc/systemd/system"


def activate(path, config):
    point("/etc/static", path + "/etc")
    made = []
    for name, entry in config["etc"].items():
        target = "/etc/" + name
        made.append(target)
        if entry["mode"] == "symlink":
            point(target, "/etc/static/" + name)
        else:
            copy(target, entry)
    made += units(config)
    if config["timeZone"] is not None:
        point("/etc/localtime", "/usr/share/zoneinfo/" + config["timeZone"])
    remember(made)


def units(config):
    """Links, as on NixOS: to the store, and from what wants a unit to the unit."""
    links = {f"{UNITS}/{drop_in['path']}": f"/etc/static/systemd/system/{drop_in['path']}" for drop_in in config["dropIns"]}
    for name, unit in config["units"].items():
        if unit["text"] is not None or not unit["enable"]:
            links[f"{UNITS}/{name}"] = f"/etc/static/systemd/system/{name}" if unit["enable"] else "/dev/null"
        for kind, targets in (("wants", unit["wantedBy"]), ("requires", unit["requiredBy"])):
            links |= {f"{UNITS}/{target}.{kind}/{name}": f"../{name}" for target in targets}
        links |= {f"{UNITS}/{alias}": name for alias in unit["aliases"]}
    for path, target in links.items():
        point(path, target)
    return list(links)


def copy(target, entry):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target + ".tmp", "w", encoding="utf-8", newline="") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(entry["text"])
        user, group = entry["user"], entry["group"]
        uid = int(user[1:]) if user.startswith("+") else pwd.getpwnam(user).pw_uid
        gid = int(group[1:]) if group.startswith("+") else grp.getgrnam(group).gr_gid
        os.fchown(file.fileno(), uid, gid)
        os.fchmod(file.fileno(), int(entry["mode"], 8))
    os.replace(target + ".tmp", target)


def point(path, target):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.islink(path) and os.readlink(path) == target:
        return
    os.symlink(target, path + ".tmp")
    os.replace(path + ".tmp", path)


def remember(made):
    before = []
    if os.path.exists(MADE):
        with open(MADE, encoding="utf-8") as file:
            before = json.load(file)
    for path in before:
        if path not in made and os.path.lexists(path):
            os.unlink(path)
            if os.path.dirname(path).endswith((".d", ".wants", ".requires")) and not os.listdir(os.path.dirname(path)):
                os.rmdir(os.path.dirname(path))
    os.makedirs(os.path.dirname(MADE), exist_ok=True)
    with open(MADE, "w", encoding="utf-8") as file:
        json.dump(made, file)


def set_kernel(settings):
    path = "/etc/sysctl.d/60-nixos.conf"
    text = "".join(f"{key} = {value}\n" for key, value in settings.items())
    if os.path.exists(path) and open(path, encoding="utf-8").read() == text:
        return
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    subprocess.run(["sysctl", "-q", "-p", path])
