"""pyinfra: each unit's file, one daemon-reload when any of them changed, each unit enabled and running."""
import json
import os
from io import StringIO

from pyinfra.operations import files, systemd
from pyinfra.operations.util import any_changed

with open(os.environ["FLEET_BENCH_VARIABLES"]) as file:
    units = json.load(file)["units"]

written = [files.put(src=StringIO(text), dest=f"/etc/systemd/system/{unit}", mode="644") for unit, text in units.items()]
systemd.daemon_reload(_if=any_changed(*written))
for unit in units:
    systemd.service(service=unit, running=True, enabled=True)
