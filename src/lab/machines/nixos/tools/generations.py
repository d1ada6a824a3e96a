"""The generations of the system, as nix-env keeps them: /nix/var/nix/profiles/system-N-link, one of which `system` points at."""
import os
import re
import sys
import time

FOLDER = "/nix/var/nix/profiles"
PROFILE = FOLDER + "/system"


def numbers():
    found = (re.fullmatch(r"system-(\d+)-link", name) for name in os.listdir(FOLDER))
    return sorted(int(match[1]) for match in found if match)


def current():
    return int(re.fullmatch(r"system-(\d+)-link", os.readlink(PROFILE))[1])


def former():
    """The generation before the current one."""
    before = [number for number in numbers() if number < current()]
    if not before:
        sys.exit("error: no generation older than the current one exists")
    return before[-1]


def add(path):
    """Makes a system the current one: as a new generation, unless the newest is this very system."""
    newest = max(numbers(), default=0)
    if not newest or os.readlink(link_of(newest)) != path:
        newest += 1
        os.symlink(path, link_of(newest))
    select(newest)


def select(number):
    if number not in numbers():
        sys.exit(f"error: profile version {number} does not exist")
    os.symlink(f"system-{number}-link", PROFILE + ".new")
    os.replace(PROFILE + ".new", PROFILE)


def delete(which):
    """which: numbers, "+COUNT" (keep that many) or "old" (keep the current one). The current one always stays."""
    if which == ["old"]:
        doomed = numbers()
    elif which[0].startswith("+"):
        doomed = numbers()[: -int(which[0])]
    else:
        doomed = [int(number) for number in which]
    for number in doomed:
        if number != current():
            print(f"removing profile version {number}")
            os.unlink(link_of(number))


def show():
    for number in numbers():
        made = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(os.lstat(link_of(number)).st_mtime))
        print(f"{number:4}   {made}   {'(current)' if number == current() else ''}")


def link_of(number):
    return f"{FOLDER}/system-{number}-link"
