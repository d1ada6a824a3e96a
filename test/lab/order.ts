/** Files of test/lab that take longer than a minute, the longest first. */
export const LONGEST_FIRST = [
  "fleet/vault1984",
  "vault-services",
  "fleet/faults",
  "readme",
  "fleet/fleet",
  "fleet/mesh",
  "fleet/drift",
  "fleet/aws",
  "service",
  "fleet/day",
  "fleet/audit",
  "nixos",
];

/** Files that measure how long something takes on the wire, or would disturb the others' measures. */
export const ALONE = ["fleet/mesh-rotation"];
