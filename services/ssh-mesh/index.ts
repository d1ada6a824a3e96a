import { z } from "zod";
import type { BundleInput } from "../../src/model/bundle.ts";
import { aptSystems } from "../../src/model/platform.ts";
import { tcp } from "../../src/model/port.ts";
import { service } from "../../src/model/service.ts";
import { INTERFACE } from "../wireguard/interface.ts";

/** sshd on the host's address in the mesh and on no other, by key only. */
export const sshMesh = service("ssh-mesh", {
  args: z.strictObject({}),
  runsOn: { os: [...aptSystems, "nixos"] },
  dependsOn: () => ["wireguard"],
  ports: () => [tcp(22, "mesh")],
  render: (_, host) => {
    const address = host.addresses?.mesh;
    if (address === undefined)
      throw new Error(`host ${host.name} has no address in the mesh: give mesh in its host file`);
    return { ...early, ...(host.os === "nixos" ? nixos(address) : debian(address)) };
  },
});

/** sshd may start before the mesh, and goes on when the mesh starts anew. */
const early: BundleInput = { sysctl: { "net.ipv4.ip_nonlocal_bind": "1" } };

const debian = (address: string): BundleInput => ({
  packages: ["openssh-server"],
  files: {
    "/etc/ssh/sshd_config.d/20-fleet-mesh.conf": {
      content:
        `# Written by fleet (services/ssh-mesh).\nListenAddress ${address}\nPasswordAuthentication no\n` +
        "KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n",
    },
  },
  units: { "ssh.service": {} },
  validations: [{ command: "sshd -t" }],
});

const nixos = (address: string): BundleInput => ({
  options: {
    "services.openssh.enable": true,
    "services.openssh.listenAddresses": [{ addr: address, port: 22 }],
    "services.openssh.openFirewall": false,
    // NixOS has a firewall of its own, whether or not the service firewall is there yet.
    [`networking.firewall.interfaces.${INTERFACE}.allowedTCPPorts`]: [22],
    "services.openssh.settings.PasswordAuthentication": false,
    "services.openssh.settings.KbdInteractiveAuthentication": false,
    "services.openssh.settings.PermitRootLogin": "prohibit-password",
  },
  units: { "sshd.service": {} },
});
