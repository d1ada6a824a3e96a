import { AVAILABLE_REGIONS } from "./regions.ts";

/** An image as the API shows it, public or of one's own. */
export interface Image {
  id: number;
  name: string;
  type: "base" | "snapshot" | "backup";
  distribution: string;
  slug: string | null;
  public: boolean;
  regions: string[];
  created_at: string;
  /** GB */
  min_disk_size: number;
  size_gigabytes: number;
  description: string;
  tags: string[];
  status: "available";
}

/** slug, distribution, name, id. The ids only have to differ. */
type Row = [slug: string, distribution: string, name: string, id: number];

const ROWS: Row[] = [
  ["debian-12-x64", "Debian", "12 x64", 187_700_012],
  ["debian-13-x64", "Debian", "13 x64", 203_800_013],
  ["ubuntu-22-04-x64", "Ubuntu", "22.04 (LTS) x64", 195_900_022],
  ["ubuntu-24-04-x64", "Ubuntu", "24.04 (LTS) x64", 195_900_024],
  ["ubuntu-25-10-x64", "Ubuntu", "25.10 x64", 207_300_025],
  ["ubuntu-26-04-x64", "Ubuntu", "26.04 (LTS) x64", 219_100_026],
  ["fedora-42-x64", "Fedora", "42 x64", 188_700_042],
  ["fedora-43-x64", "Fedora", "43 x64", 208_900_043],
  ["centos-stream-9-x64", "CentOS", "9 Stream x64", 165_000_009],
  ["centos-stream-10-x64", "CentOS", "10 Stream x64", 182_000_010],
  ["almalinux-9-x64", "AlmaLinux", "9 x64", 165_100_009],
  ["almalinux-10-x64", "AlmaLinux", "10 x64", 192_100_010],
  ["rockylinux-9-x64", "Rocky Linux", "9 x64", 165_200_009],
  ["rockylinux-10-x64", "Rocky Linux", "10 x64", 192_200_010],
];

/** The distributions that a droplet can be made from, without the Marketplace's applications. */
export const BASE_IMAGES: Image[] = ROWS.map(([slug, distribution, name, id]) => ({
  id,
  name,
  type: "base",
  distribution,
  slug,
  public: true,
  regions: AVAILABLE_REGIONS,
  created_at: "2026-08-20T06:00:00Z",
  min_disk_size: 7,
  size_gigabytes: 0.7,
  description: `${distribution} ${name}`,
  tags: [],
  status: "available",
}));
