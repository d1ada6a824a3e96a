"""Evaluates the machine's configuration with the real Nix evaluator, and makes a system of it: a folder in /nix/store."""
import hashlib
import json
import os
import shutil
import subprocess
import sys

import generations

HERE = os.path.dirname(os.path.realpath(__file__))
STORE = "/nix/store"
VERSION = "25.05.stand-in (lab)"
# What every system has on its path; bash is nowhere else.
TOOLS = HERE + "/bin"
DEBIAN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"


def evaluate(look_up):
    """@returns what nixpkgs/eval.nix makes of <nixos-config>. Ends the program with Nix' own words when it refuses."""
    print("building the system configuration...", file=sys.stderr)
    command = ["nix-instantiate", "--eval", "--strict", "--json", "--store", "dummy://", *look_up]
    result = subprocess.run([*command, "--arg", "configuration", "<nixos-config>", HERE + "/nixpkgs/eval.nix"], stdout=subprocess.PIPE)
    if result.returncode != 0:
        sys.exit(1)
    return json.loads(result.stdout)


def build(config):
    """@returns the path of the system; the same for the same configuration."""
    text = json.dumps(config, sort_keys=True)
    path = f"{STORE}/{hashlib.sha256(text.encode()).hexdigest()[:32]}-nixos-system"
    if os.path.exists(path):
        return path
    part = path + ".part"
    shutil.rmtree(part, ignore_errors=True)
    write(part + "/config.json", text)
    for name, entry in config["etc"].items():
        write(f"{part}/etc/{name}", entry["text"])
    for name, unit in config["units"].items():
        if unit["text"] is not None:
            write(f"{part}/etc/systemd/system/{name}", unit["text"])
    for drop_in in config["dropIns"]:
        write(f"{part}/etc/systemd/system/{drop_in['path']}", drop_in["text"])
    for name, target in programs(config["packages"]).items():
        link(target, f"{part}/sw/bin/{name}")
    link(HERE + "/main.py", part + "/bin/switch-to-configuration")
    os.rename(part, path)
    return path


def programs(packages):
    found = {name: f"{TOOLS}/{name}" for name in os.listdir(TOOLS)}
    for package in packages:
        for name in package.get("programs", []):
            found.setdefault(name, shutil.which(name, path=DEBIAN_PATH))
            if found[name] is None:
                sys.exit(f"error: lab machines lack {name} of the package {package['name']}: add it to src/lab/machines/recipe.ts")
    return found


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    os.chmod(path, 0o444)


def link(target, path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.symlink(target, path)


def collect_garbage():
    """Removes systems that no generation is."""
    roots = [generations.link_of(number) for number in generations.numbers()] + ["/run/current-system"]
    kept = {os.path.realpath(root) for root in roots}
    doomed = [path for path in (f"{STORE}/{name}" for name in os.listdir(STORE)) if path not in kept]
    for path in doomed:
        shutil.rmtree(path)
    print(f"{len(doomed)} store paths deleted")
