/** name, flavour, version, description, id for x86, id for arm. The ids only have to differ. */
type Row = [name: string, flavor: string, version: string, description: string, x86: number, arm: number];

/** The operating systems that a server can be made from. */
const ROWS: Row[] = [
  ["debian-11", "debian", "11", "Debian 11", 45557056, 103907373],
  ["debian-12", "debian", "12", "Debian 12", 114690387, 114690389],
  ["debian-13", "debian", "13", "Debian 13", 310557660, 310557664],
  ["ubuntu-22.04", "ubuntu", "22.04", "Ubuntu 22.04", 67794396, 103908130],
  ["ubuntu-24.04", "ubuntu", "24.04", "Ubuntu 24.04", 161547269, 161547270],
  ["fedora-42", "fedora", "42", "Fedora 42", 232896401, 232896404],
  ["rocky-9", "rocky", "9", "Rocky Linux 9", 76766499, 103908378],
  ["alma-9", "alma", "9", "AlmaLinux 9", 76766463, 103908341],
  ["centos-stream-9", "centos", "stream9", "CentOS Stream 9", 40093140, 103908317],
  ["opensuse-15", "opensuse", "15", "openSUSE Leap 15", 76766500, 103908400],
];

export interface SystemImage {
  id: number;
  name: string;
  description: string;
  os_flavor: string;
  os_version: string;
  architecture: "x86" | "arm";
}

export const SYSTEM_IMAGES: SystemImage[] = ROWS.flatMap(([name, os_flavor, os_version, description, x86, arm]) => [
  { id: x86, name, description, os_flavor, os_version, architecture: "x86" as const },
  { id: arm, name, description, os_flavor, os_version, architecture: "arm" as const },
]);

export const ISOS = [
  {
    id: 8638,
    name: "debian-12.5.0-amd64-netinst.iso",
    description: "Debian 12.5 (amd64/netinstall)",
    architecture: "x86",
  },
  {
    id: 8639,
    name: "debian-12.5.0-arm64-netinst.iso",
    description: "Debian 12.5 (arm64/netinstall)",
    architecture: "arm",
  },
  {
    id: 9215,
    name: "nixos-minimal-24.11-x86_64-linux.iso",
    description: "NixOS 24.11 (amd64/minimal)",
    architecture: "x86",
  },
  {
    id: 9216,
    name: "nixos-minimal-24.11-aarch64-linux.iso",
    description: "NixOS 24.11 (arm64/minimal)",
    architecture: "arm",
  },
].map((iso) => ({ ...iso, type: "public", deprecation: null }));
