# Fleet's part of this machine's configuration, the same on every machine: what differs lies as JSON in ./services, one file for each
# service (src/provider/nixos/data.ts writes them). Changes made here are put back. The machine's own part is ../configuration.nix.
{ lib, pkgs, ... }:

let
  names = builtins.filter (lib.hasSuffix ".json") (builtins.attrNames (builtins.readDir ./services));
  textOf = name: builtins.readFile (./services + "/${name}");
  nothing = { packages = [ ]; groups = [ ]; users = { }; files = { }; units = { }; sysctl = { }; timeZone = null; options = [ ]; };
  read = name: nothing // builtins.fromJSON (textOf name);
  services = map read names;

  # What two services both declare, they declare alike.
  united = part: builtins.foldl' (all: service: all // service.${part}) { } services;
  joined = part: lib.concatMap (service: service.${part}) services;

  users = united "users";
  units = united "units";
  package = name: lib.attrByPath (lib.splitString "." name) (throw "nixpkgs has no package ${name}") pkgs;
  # Named by their file, so that NixOS can say whose value it refuses.
  optionsOf = name: let service = read name; in {
    _file = toString ./services + "/${name}";
    config = lib.mkMerge ([ (lib.mkIf (service.timeZone != null) { time.timeZone = service.timeZone; }) ] ++ map ({ path, value }: lib.setAttrByPath path value) service.options);
  };
  dropIns = lib.concatMap (unit: map (name: { inherit unit name; text = units.${unit}.dropIns.${name}; }) (builtins.attrNames units.${unit}.dropIns)) (builtins.attrNames units);
in
{
  imports = [ ../configuration.nix ] ++ map optionsOf names;

  config = {
    # So that nixos-rebuild by hand finds this file too, which imports the machine's own.
    nix.nixPath = [
      "nixpkgs=/nix/var/nix/profiles/per-user/root/channels/nixos"
      "nixos-config=/etc/nixos/fleet/module.nix"
      "/nix/var/nix/profiles/per-user/root/channels"
    ];

    environment.systemPackages = map package (lib.unique (joined "packages"));

    users.groups = lib.genAttrs (joined "groups" ++ builtins.attrNames users) (_: { });
    users.users = lib.mapAttrs (name: user: {
      isSystemUser = user.system;
      isNormalUser = !user.system;
      inherit (user) home shell;
      group = name;
      extraGroups = user.groups;
    }) users;

    # With a mode, a file is a copy and no link into the store. The second set tells which data the running system was made from.
    environment.etc = lib.mapAttrs' (path: file: lib.nameValuePair (lib.removePrefix "/etc/" path) {
      inherit (file) text mode;
      user = file.owner;
      group = file.group;
    }) (united "files") // lib.genAttrs (map (name: "fleet/services/${name}") names) (path: { text = textOf (baseNameOf path); });

    systemd.units = lib.mapAttrs (_: unit: { inherit (unit) text wantedBy requiredBy aliases; }) (lib.filterAttrs (_: unit: unit ? text) units);
    systemd.packages = map ({ unit, name, text }: pkgs.writeTextDir "lib/systemd/system/${unit}.d/${name}.conf" text) dropIns;

    boot.kernel.sysctl = united "sysctl";
  };
}
