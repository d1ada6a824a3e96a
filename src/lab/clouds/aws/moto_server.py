"""moto's server as the lab runs it: `python moto_server.py IMAGES.json`. Prints its port, and ends with its standard input."""

import hashlib
import json
import logging
import os
import sys
import threading

with open(sys.argv[1], encoding="utf-8") as file:
    IMAGES = json.load(file)

# What AWS refuses: images and key pairs that are not there.
os.environ.update(MOTO_ENABLE_AMI_VALIDATION="true", MOTO_ENABLE_KEYPAIR_VALIDATION="true")

from moto.core.parse import default_timestamp_parser  # noqa: E402
from moto.ec2.models import amis, elastic_network_interfaces as interfaces  # noqa: E402
from moto.moto_api._internal import mock_random  # noqa: E402
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402


def load_images(backend):
    """As at AWS, the same image has another id in every region."""
    for image in IMAGES:
        digest = hashlib.sha256(f"{backend.region_name}/{image['name']}".encode()).hexdigest()
        made = default_timestamp_parser(image["creation_date"])
        ami = amis.Ami(backend, ami_id=f"ami-{digest[:17]}", **{**image, "creation_date": made})
        backend.amis[ami.id] = ami


def start_interface(interface):
    """moto gives a started instance a new public address also when it has an elastic one; AWS does not."""
    elastic = next((a.public_ip for a in interface.ec2_backend.addresses if a.eni is interface), None)
    if elastic:
        interface.public_ip = elastic
    else:
        interface.check_auto_public_ip()


def public_address():
    """From the range for tests (RFC 2544): nobody has it on the internet."""
    return f"198.19.{mock_random.getrandbits(8)}.{mock_random.getrandbits(8)}"


amis.AmiBackend._load_amis = load_images
interfaces.NetworkInterface.start = start_interface
interfaces.random_public_ip = public_address

# Headers and body go out apart: the second would wait 40 ms for the client's acknowledgement.
WSGIRequestHandler.disable_nagle_algorithm = True
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app))
print(server.port, flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server.serve_forever()
