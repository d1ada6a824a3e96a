# What the stand-in for nixos-rebuild makes a system from: the whole configuration, evaluated, as far as it ends up on the machine.
{ configuration }:

let
  lib = import ./lib.nix;
  config = import ./eval-modules.nix {
    inherit lib;
    modules = [ ./options.nix ./system.nix configuration ];
    args = { pkgs = import ./pkgs.nix; modulesPath = toString ./nixos/modules; };
  };
  hasText = package: package ? text;
in
{
  inherit (config.environment) etc;
  inherit (config.systemd) units;
  inherit (config.users) users groups;
  dropIns = map ({ path, text, ... }: { path = lib.removePrefix "lib/systemd/system/" path; inherit text; }) (builtins.filter hasText config.systemd.packages);
  packages = map ({ name, programs, ... }: { inherit name programs; }) config.environment.systemPackages;
  inherit (config.boot.kernel) sysctl;
  inherit (config.time) timeZone;
}
