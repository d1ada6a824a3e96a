#!/usr/bin/python3 -S
"""Stand-ins for the commands of NixOS, on a lab machine that runs Debian. Which one is told by the name that it is called by."""
import os
import sys

import activate
import generations
import system


def nixos_rebuild(arguments):
    """nixos-rebuild switch|boot|test|build|dry-build|list-generations [--rollback] [-I NAME=PATH]..."""
    look_up, words = [], []
    rest = iter(arguments)
    for word in rest:
        if word == "-I":
            look_up += ["-I", next(rest)]
        else:
            words.append(word)
    rollback = "--rollback" in words
    actions = [word.removeprefix("--") for word in words if word != "--rollback"]
    if len(actions) != 1:
        sys.exit("usage: " + nixos_rebuild.__doc__)
    action = actions[0]
    if action == "list-generations":
        return generations.show()
    if action == "dry-build":
        system.evaluate(look_up)
        return 0
    if action not in ("switch", "boot", "test", "build"):
        sys.exit(f"error: unknown option/action `{action}'")
    built = generations.former() if rollback else system.build(system.evaluate(look_up))
    if action in ("switch", "boot"):
        generations.select(built) if rollback else generations.add(built)
        built = os.path.realpath(generations.PROFILE)
    if action == "build":
        print(built)
        return 0
    return 0 if action == "boot" else activate.switch(built)


def nix_env(arguments):
    """nix-env -p PROFILE --list-generations | --delete-generations NUMBER...|+COUNT|old | --switch-generation NUMBER | --rollback"""
    match arguments:
        case ["-p" | "--profile", generations.PROFILE, "--list-generations"]:
            return generations.show()
        case ["-p" | "--profile", generations.PROFILE, "--delete-generations", *which] if which:
            return generations.delete(which)
        case ["-p" | "--profile", generations.PROFILE, "--switch-generation" | "-G", number]:
            return generations.select(int(number))
        case ["-p" | "--profile", generations.PROFILE, "--rollback"]:
            return generations.select(generations.former())
    sys.exit("usage (stand-in): " + nix_env.__doc__)


def nix_collect_garbage(arguments):
    if any(word in ("-d", "--delete-old") for word in arguments):
        generations.delete(["old"])
    return system.collect_garbage()


def nixos_version(_):
    print(system.VERSION)


def switch_to_configuration(arguments):
    """bin/switch-to-configuration of a system: of the one that it is called in."""
    if arguments not in (["switch"], ["test"]):
        sys.exit("usage (stand-in): switch-to-configuration switch|test")
    return activate.switch(os.path.realpath(os.path.join(os.path.dirname(sys.argv[0]), "..")))


COMMANDS = [nixos_rebuild, nix_env, nix_collect_garbage, nixos_version, switch_to_configuration]

if __name__ == "__main__":
    name = os.path.basename(sys.argv[0]).replace("-", "_")
    os.umask(0o022)
    sys.exit(next(command for command in COMMANDS if command.__name__ == name)(sys.argv[1:]))
