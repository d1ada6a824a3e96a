"""Users and groups as a system declares them. Those that an earlier one declared, and this one does not, go; others stay."""
import grp
import json
import os
import pwd
import subprocess

DECLARED = "/var/lib/nixos/declared-accounts.json"


def activate(users, groups):
    before = {"users": [], "groups": []}
    if os.path.exists(DECLARED):
        with open(DECLARED, encoding="utf-8") as file:
            before = json.load(file)
    present = {group.gr_name for group in grp.getgrall()}
    for name in groups:
        if name not in present:
            run("groupadd", "--system", name)
    for name, user in users.items():
        ensure(name, user)
    names = {user.pw_name for user in pwd.getpwall()}
    for name in before["users"]:
        if name not in users and name in names:
            run("userdel", name)
    present = {group.gr_name for group in grp.getgrall()}
    for name in before["groups"]:
        if name not in groups and name in present:
            run("groupdel", name)
    os.makedirs(os.path.dirname(DECLARED), exist_ok=True)
    with open(DECLARED, "w", encoding="utf-8") as file:
        json.dump({"users": list(users), "groups": list(groups)}, file)


def ensure(name, user):
    extra = sorted(user["extraGroups"])
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        kind = ["--system", "--no-create-home"] if user["isSystemUser"] else ["--create-home"]
        return run("useradd", *kind, "-d", user["home"], "-s", user["shell"], "-g", user["group"], "-G", ",".join(extra), name)
    groups = sorted(group.gr_name for group in grp.getgrall() if name in group.gr_mem)
    wanted = (user["home"], user["shell"], user["group"], extra)
    if (found.pw_dir, found.pw_shell, grp.getgrgid(found.pw_gid).gr_name, groups) != wanted:
        run("usermod", "-d", user["home"], "-s", user["shell"], "-g", user["group"], "-G", ",".join(extra), name)


def run(*command):
    subprocess.run(command, check=True)
