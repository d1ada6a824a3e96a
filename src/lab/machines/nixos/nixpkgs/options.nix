# Stand-in for NixOS' own modules: the options that fleets on lab machines use, as NixOS declares them.
{ lib, ... }:

let
  inherit (lib) mkOption;
  inherit (lib.types) attrsOf bool either enum int lines listOf nullOr package path port scalar str submodule;
  option = type: default: mkOption { inherit type default; };
  required = type: mkOption { inherit type; };
  ports = { allowedTCPPorts = option (listOf port) [ ]; allowedUDPPorts = option (listOf port) [ ]; };

  etc = submodule (_: { options = {
    text = required lines;
    mode = option str "symlink";
    user = option str "+0";
    group = option str "+0";
  }; });
  unit = submodule (_: { options = {
    enable = option bool true;
    text = required (nullOr str);
    wantedBy = option (listOf str) [ ];
    requiredBy = option (listOf str) [ ];
    aliases = option (listOf str) [ ];
  }; });
  user = submodule (name: { options = {
    isSystemUser = option bool false;
    isNormalUser = option bool false;
    home = option path "/var/empty";
    shell = option path "/run/current-system/sw/bin/nologin";
    group = option str name;
    extraGroups = option (listOf str) [ ];
    openssh.authorizedKeys.keys = option (listOf str) [ ];
  }; });
  address = submodule (_: { options = { addr = required str; port = option (nullOr port) null; }; });
  sshSettings = submodule (_: { options = {
    PasswordAuthentication = option bool true;
    KbdInteractiveAuthentication = option bool true;
    PermitRootLogin = option (enum [ "yes" "prohibit-password" "forced-commands-only" "no" ]) "prohibit-password";
  }; });
  swap = submodule (_: { options = { device = required str; size = option (nullOr int) null; }; });
in
{
  options = {
    environment.etc = option (attrsOf etc) { };
    environment.systemPackages = option (listOf package) [ ];
    systemd.units = option (attrsOf unit) { };
    systemd.packages = option (listOf package) [ ];
    users.users = option (attrsOf user) { };
    users.groups = option (attrsOf (submodule (_: { options = { }; }))) { };
    boot.kernel.sysctl = option (attrsOf scalar) { };
    boot.loader.grub.configurationLimit = option int 100;
    boot.loader.systemd-boot.configurationLimit = option (nullOr int) null;
    boot.tmp.cleanOnBoot = option bool false;
    time.timeZone = option (nullOr str) null;
    system.stateVersion = option str "";
    swapDevices = option (listOf swap) [ ];

    networking.hostName = option str "";
    networking.firewall = ports // {
      enable = option bool true;
      allowPing = option bool true;
      trustedInterfaces = option (listOf str) [ ];
      interfaces = option (attrsOf (submodule (_: { options = ports; }))) { };
    };
    networking.nftables.enable = option bool false;

    services.openssh = {
      enable = option bool false;
      ports = option (listOf port) [ 22 ];
      openFirewall = option bool true;
      listenAddresses = option (listOf address) [ ];
      settings = option sshSettings { };
    };
    services.timesyncd.enable = option bool true;
    services.timesyncd.servers = option (listOf str) [ ];
    services.journald.extraConfig = option lines "";

    nix.nixPath = option (listOf str) [ ];
    nix.gc = {
      automatic = option bool false;
      dates = option (either str (listOf str)) "03:15";
      options = option str "";
      persistent = option bool true;
      randomizedDelaySec = option str "0";
    };
    nix.optimise.automatic = option bool false;
  };
}
