/**
 * Files of test/lab that take longer than a minute, the longest first. vault1984-faults begins with the snapshot that
 * vault1984 keeps after some minutes, so it stands where its turn comes later than that.
 */
export const LONGEST_FIRST = [
  "fleet/vault1984",
  "fleet/mesh-rotation",
  "every-service",
  "vault-services",
  "fleet/faults",
  "fleet/snapshots",
  "readme",
  "fleet/fleet",
  "fleet/mesh",
  "fleet/vault1984-faults",
  "fleet/drift",
  "fleet/letting-go",
  "fleet/unreached",
  "machines-cloud",
  "fleet/blackroad",
  "container-service",
  "fleet/aws",
  "fleet/tailnet",
  "certificates",
  "service",
  "fleet/day",
  "fleet/audit",
  "machines-releases",
  "nixos",
];

/** Files that measure how long something takes on the wire, or would disturb the others' measures. */
export const ALONE = ["fleet/mesh-traffic"];
