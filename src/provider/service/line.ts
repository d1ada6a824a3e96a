import { plainOf, type Shape } from "./types.ts";
import type { Step } from "./steps.ts";

/** NixOS options that can cut the line to a host. */
export const optionMayCutLine = (path: string): boolean => OPTIONS.test(path);

/**
 * Changes that can cut the line to a host: those that touch sshd, a firewall, WireGuard or Tailscale, the network, or
 * how we become root. Told by well-known paths and units, and by what a unit of the bundle runs.
 */
export const mayCutLine = (steps: readonly Step[], ...shapes: Shape[]): boolean =>
  steps.some((step) => {
    switch (step.do) {
      case "write":
      case "fetch":
      case "attributes":
      case "remove":
        return PATHS.test(step.path);
      case "restart":
      case "reload":
      case "stop":
      case "retire":
        return (
          UNITS.test(step.unit) || shapes.some(({ units }) => PROGRAMS.test(plainOf(units[step.unit]?.text ?? "")))
        );
      default:
        return false;
    }
  });

const PATHS = new RegExp(
  String.raw`^/etc/(ssh|nftables(\.conf|\.d)?|iptables|ufw|default/ufw|firewalld|network|netplan|NetworkManager|` +
    String.raw`systemd/network|wireguard|sudoers(\.d)?)(/|$)|^/root/\.ssh/`,
);
const OPTIONS = new RegExp(
  String.raw`^(networking|services\.(openssh|tailscale|sshguard|fail2ban)|systemd\.network|security\.(sudo|pam)|` +
    String.raw`users\.(mutableUsers|users\."?root\b))(\.|"|$)`,
);
const UNITS = new RegExp(
  "^(sshd?|nftables|ip6?tables|netfilter-persistent|ufw|firewalld|networking|NetworkManager|systemd-networkd|" +
    "wg-quick|wireguard|tailscaled)[@.]",
);
const PROGRAMS =
  /^Exec\w*=(.*[\s/'"])?(nft|ip6?tables(-\w+)?|ufw|firewall-cmd|ip|ifup|ifdown|wg(-quick)?|wireguard-go|tailscaled?)\s/m;
