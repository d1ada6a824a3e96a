# Stand-in for what NixOS makes of its options: files and units for a machine that runs Debian.
{ config, lib, ... }:

let
  inherit (lib) concatMapStrings mkIf mkMerge optional;
  sshd = config.services.openssh;
  firewall = config.networking.firewall;
  gc = config.nix.gc;

  listenLine = { addr, port }: concatMapStrings (p: "ListenAddress ${addr}:${toString p}\n") (if port == null then sshd.ports else [ port ]);
  yesNo = value: if value then "yes" else "no";
  sshdText = concatMapStrings (p: "Port ${toString p}\n") sshd.ports
    + concatMapStrings listenLine sshd.listenAddresses
    + "PasswordAuthentication ${yesNo (sshd.settings.PasswordAuthentication or true)}\n"
    + "KbdInteractiveAuthentication ${yesNo (sshd.settings.KbdInteractiveAuthentication or true)}\n"
    + "PermitRootLogin ${sshd.settings.PermitRootLogin or "prohibit-password"}\n";

  # As NixOS' firewall: what is not let in is dropped; answers, loopback and trusted interfaces always get in.
  accept = before: protocol: list: lib.concatStrings (optional (list != [ ]) "    ${before}${protocol} dport { ${builtins.concatStringsSep ", " (map toString (lib.unique list))} } accept\n");
  portRules = before: of: tcp: accept before "tcp" (of.allowedTCPPorts ++ tcp) + accept before "udp" of.allowedUDPPorts;
  firewallText = ''
    table inet nixos-fw
    delete table inet nixos-fw
    table inet nixos-fw {
      chain input {
        type filter hook input priority filter; policy drop;
        iifname { ${builtins.concatStringsSep ", " (map builtins.toJSON ([ "lo" ] ++ firewall.trustedInterfaces))} } accept
        ct state { established, related } accept
    ${lib.concatStrings (optional firewall.allowPing "    meta l4proto { icmp, icmpv6 } accept\n")}
    ${portRules "" firewall (if sshd.enable && sshd.openFirewall then sshd.ports else [ ])}
    ${lib.concatStrings (lib.mapAttrsToList (name: of: portRules "iifname ${builtins.toJSON name} " of [ ]) firewall.interfaces)}
      }
    }
  '';
  on = target: text: { inherit text; wantedBy = [ target ]; };
in
{
  config = mkMerge [
    (mkIf sshd.enable { environment.etc."ssh/sshd_config.d/00-nixos.conf".text = sshdText; })
    (mkIf firewall.enable {
      environment.etc."nixos-firewall.nft".text = firewallText;
      systemd.units."firewall.service" = on "multi-user.target" ''
        # ${builtins.hashString "sha256" firewallText}
        [Unit]
        Description=Firewall (stand-in for NixOS')
        DefaultDependencies=no
        Before=network-pre.target
        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/usr/sbin/nft -f /etc/nixos-firewall.nft
        ExecStop=/usr/sbin/nft delete table inet nixos-fw
      '';
    })
    (mkIf config.services.timesyncd.enable {
      environment.etc."systemd/timesyncd.conf".text = "[Time]\nNTP=${builtins.concatStringsSep " " config.services.timesyncd.servers}\n";
      systemd.units."systemd-timesyncd.service" = on "multi-user.target" ''
        [Unit]
        Description=Time synchronization (stand-in: a lab machine has this computer's clock)
        [Service]
        ExecStart=/bin/sleep infinity
      '';
    })
    (mkIf gc.automatic {
      systemd.units."nix-gc.service".text = ''
        [Unit]
        Description=Nix Garbage Collector
        [Service]
        Type=oneshot
        ExecStart=/run/current-system/sw/bin/nix-collect-garbage ${gc.options}
      '';
      systemd.units."nix-gc.timer" = on "timers.target" ''
        [Timer]
        ${concatMapStrings (date: "OnCalendar=${date}\n") (if builtins.isList gc.dates then gc.dates else [ gc.dates ])}
        Persistent=${yesNo gc.persistent}
        RandomizedDelaySec=${gc.randomizedDelaySec}
      '';
    })
    (mkIf (config.services.journald.extraConfig != "") { environment.etc."systemd/journald.conf.d/20-nixos.conf".text = "[Journal]\n${config.services.journald.extraConfig}"; })
  ];
}
