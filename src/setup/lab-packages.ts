/**
 * The Debian packages that the lab needs on the machine that runs it, and what for. Names are the same on Debian and
 * Ubuntu.
 */
export const labPackages: Record<string, string> = {
  "systemd-container": "runs the lab's machines (systemd-nspawn)",
  debootstrap: "makes their image",
  "debian-archive-keyring": "tells Debian's own packages from others",
  iproute2: "makes their networks",
  procps: "tells the kernel what their networks need (sysctl)",
  "openssh-client": "reaches them",
  "util-linux": "keeps an interrupted image build from leaving mounts (unshare, setpriv, flock)",
  "ca-certificates": "lets them trust the package mirror",
  pebble: "gives them certificates, in the place of Let's Encrypt",
  "nix-bin": "evaluates what hosts with NixOS are made from, in tests",
  "python3-venv":
    "fetches Go where there is none, and holds the client libraries that the tests of the local clouds use",
};
