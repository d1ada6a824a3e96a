# Stand-in for nixpkgs' packages: for each name the programs by which a lab machine, which runs Debian, has it. Nothing is built.
let
  programs = {
    bash = [ "bash" ];
    cacert = [ ];
    coreutils = [ "ls" ];
    curl = [ "curl" ];
    gawk = [ "awk" ];
    gnugrep = [ "grep" ];
    gnused = [ "sed" ];
    iproute2 = [ "ip" ];
    iputils = [ "ping" ];
    nftables = [ "nft" ];
    openssl = [ "openssl" ];
    procps = [ "ps" ];
    python3 = [ "python3" ];
    rsync = [ "rsync" ];
    sqlite = [ "sqlite3" ];
    util-linux = [ "flock" ];
    wireguard-go = [ "wireguard-go" ];
    wireguard-tools = [ "wg" ];
  };
in
builtins.mapAttrs (name: programs: { isPackage = true; inherit name programs; }) programs
// {
  writeTextDir = path: text: { isPackage = true; name = baseNameOf path; inherit path text; };
}
