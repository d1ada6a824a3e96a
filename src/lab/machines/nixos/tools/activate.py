"""Makes the machine what a system says: its accounts, files under /etc, kernel settings and units, in NixOS' order."""
import json
import os
import subprocess
import sys

import accounts
import etc

CURRENT = "/run/current-system"
SSHD = "ssh/sshd_config.d/00-nixos.conf"


def switch(path):
    """@returns 0, or 4 when units failed, as NixOS' switch-to-configuration does."""
    old, new = read(CURRENT), read(path)
    active = units_in_state("active")
    gone = [name for name in old["units"] if name not in new["units"] and name in active]
    changed = [name for name in new["units"] if name in old["units"] and name in active and content(old, name) != content(new, name)]
    restarted = [name for name in changed if "X-RestartIfChanged=false" not in (new["units"][name]["text"] or "")]
    systemctl("stop", *gone, *restarted)

    print("activating the configuration...", file=sys.stderr)
    accounts.activate(new["users"], new["groups"])
    etc.activate(path, new)
    etc.point(CURRENT, path)
    etc.set_kernel(new["sysctl"])

    systemctl("reset-failed")
    systemctl("daemon-reload")
    if new["etc"].get(SSHD) != old["etc"].get(SSHD):
        systemctl("reload", "ssh.service")
    wanted = [name for name, unit in new["units"].items() if unit["enable"] and unit["wantedBy"] + unit["requiredBy"]]
    systemctl("start", *dict.fromkeys(restarted + [name for name in wanted if name not in active or name in restarted]))
    failed = [name for name in new["units"] if name in units_in_state("failed")]
    if failed:
        print("warning: the following units failed: " + ", ".join(failed), file=sys.stderr)
    return 4 if failed else 0


def read(path):
    with open(path + "/config.json", encoding="utf-8") as file:
        return json.load(file)


def content(config, name):
    """What a unit's running process was started with."""
    return config["units"][name]["text"], [drop_in for drop_in in config["dropIns"] if drop_in["path"].startswith(name + ".d/")]


def units_in_state(state):
    command = ["systemctl", "list-units", "--all", "--plain", "--no-legend", "--full", "--state=" + state]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    return {line.split()[0] for line in lines}


def systemctl(verb, *units):
    if units or verb in ("reset-failed", "daemon-reload"):
        subprocess.run(["systemctl", verb, "--", *units])
