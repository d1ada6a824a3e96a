"""Drives a whole life of each resource of the local Hetzner Cloud with the vendor's own client and prints what it saw as JSON."""

import json
import os

from hcloud import APIException, Client
from hcloud.firewalls.domain import FirewallResource, FirewallRule
from hcloud.images.domain import Image
from hcloud.locations.domain import Location
from hcloud.networks.domain import NetworkRoute, NetworkSubnet
from hcloud.server_types.domain import ServerType

client = Client(token=os.environ["HCLOUD_TOKEN"], api_endpoint=os.environ["HCLOUD_ENDPOINT"], poll_interval=0.02)
seen = {}
hel1 = Location(name="hel1")


def refused(call):
    try:
        call()
    except APIException as error:
        return error.code
    return "accepted"


def finish(*actions):
    for action in actions:
        if action is not None:
            action.wait_until_finished()


# What can only be read.
seen["catalogue"] = {
    "locations": [each.name for each in client.locations.get_all()],
    "cx43": client.server_types.get_by_name("cx43").cores,
    "image": client.images.get_by_name_and_architecture("debian-12", "x86").os_flavor,
    "datacenter": client.datacenters.get_by_name("hel1-dc2").location.name,
    "isos": len(client.isos.get_all()) > 0,
    "types with a price": all(each.prices for each in client.server_types.get_all()),
}

# SSH keys
key = client.ssh_keys.create(name="laptop", public_key=os.environ["PUBLIC_KEY"], labels={"team": "a"})
seen["ssh key"] = {
    "found by fingerprint": client.ssh_keys.get_by_fingerprint(key.fingerprint).name,
    "same key again": refused(lambda: client.ssh_keys.create(name="other", public_key=os.environ["PUBLIC_KEY"])),
    "renamed": key.update(name="desktop").name,
}

# Firewalls, networks, placement groups, volumes, addresses
http = FirewallRule(direction="in", protocol="tcp", port="80", source_ips=["0.0.0.0/0", "::/0"])
firewall = client.firewalls.create(name="web", rules=[http]).firewall
finish(*firewall.set_rules([http, FirewallRule(direction="in", protocol="icmp", source_ips=["0.0.0.0/0"])]))
seen["firewall rules"] = len(client.firewalls.get_by_name("web").rules)

network = client.networks.create(name="inner", ip_range="10.20.0.0/16", subnets=[NetworkSubnet(type="cloud", ip_range="10.20.1.0/24", network_zone="eu-central")])
finish(network.add_subnet(NetworkSubnet(type="cloud", ip_range="10.20.2.0/24", network_zone="eu-central")))
finish(network.add_route(NetworkRoute(destination="10.100.0.0/24", gateway="10.20.1.9")))
network.reload()
seen["network"] = {"subnets": [each.ip_range for each in network.subnets], "routes": len(network.routes)}

group = client.placement_groups.create(name="apart", type="spread").placement_group
ipv4 = client.primary_ips.create(name="front", type="ipv4", location=hel1, auto_delete=False).primary_ip
finish(ipv4.change_dns_ptr(ipv4.ip, "www.example.com"))
volume = client.volumes.create(name="data", size=10, location=hel1, format="ext4")
finish(volume.action)
volume = volume.volume

# A server with all of them
made = client.servers.create(
    name="web-1", server_type=ServerType(name="cx23"), image=Image(name="debian-12"), location=hel1, ssh_keys=[key], firewalls=[firewall],
    networks=[network], volumes=[volume], placement_group=group, labels={"role": "web"}, user_data="#cloud-config\n",
)
seen["just made"] = made.server.status
finish(made.action, *made.next_actions)
server = client.servers.get_by_name("web-1")
seen["server"] = {
    "status": server.status,
    "type": server.server_type.name,
    "image": server.image.name,
    "in network": server.private_net[0].network.id == network.id,
    "volumes": [each.id for each in server.volumes] == [volume.id],
    "firewalls": [each.firewall.id for each in server.public_net.firewalls] == [firewall.id],
    "placement group": server.placement_group.name,
    "found by label": [each.name for each in client.servers.get_all(label_selector="role in (web,db),!gone")],
    "firewall in use": refused(firewall.delete),
}
finish(server.change_dns_ptr(server.public_net.ipv4.ip, "one.example.com"))
server.update(name="web-2", labels={"role": "db"})
finish(server.power_off())
server.reload()
seen["powered off"] = server.status
finish(server.change_type(ServerType(name="cx33"), upgrade_disk=True))
finish(server.power_on())
finish(server.reboot())
finish(server.change_protection(delete=True, rebuild=True))
server.reload()
seen["changed"] = {"name": server.name, "type": server.server_type.name, "rdns": server.public_net.ipv4.dns_ptr, "protected": refused(server.delete)}
finish(server.change_protection(delete=False, rebuild=False))
finish(server.rebuild(image=Image(name="ubuntu-24.04")).action)
finish(server.detach_from_network(network))
picture = server.create_image(description="before", type="snapshot", labels={"of": "web"})
finish(picture.action)
seen["snapshots"] = [each.description for each in client.images.get_all(type="snapshot")]

floating = client.floating_ips.create(type="ipv4", name="float", home_location=hel1).floating_ip
finish(floating.assign(server))
finish(floating.change_dns_ptr(floating.ip, "float.example.com"))
finish(volume.detach())
finish(volume.resize(20))
finish(volume.attach(server))
volume.reload()
seen["volume"] = {"size": volume.size, "in use": refused(volume.delete), "device": volume.linux_device.endswith(str(volume.id))}

# The end of each
finish(server.delete())
for thing in (picture.image, floating, volume, ipv4, group, network, firewall, key):
    thing.delete()
kinds = ("servers", "ssh_keys", "firewalls", "networks", "primary_ips", "floating_ips", "volumes", "placement_groups")
seen["left over"] = [kind for kind in kinds if getattr(client, kind).get_all()]
print(json.dumps(seen))
