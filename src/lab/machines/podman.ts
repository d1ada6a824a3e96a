const environment = {
  // A build's own container would want a keyring and control groups.
  BUILDAH_ISOLATION: "chroot",
  // A hybrid computer's control groups are what they are.
  PODMAN_IGNORE_CGROUPSV1_WARNING: "1",
};

/**
 * What lets Podman run containers in a machine, which is one itself: they stay in their unit's control group, share the
 * machine's keyring, and have limits that no computer refuses. Path → text. A machine without Podman does not notice.
 */
export const podmanFiles = {
  "/etc/containers/containers.conf.d/10-lab.conf": [
    "[containers]",
    'cgroups = "disabled"',
    "keyring = false",
    'default_ulimits = ["nofile=16384:16384", "nproc=16384:16384"]',
    "",
  ].join("\n"),
  // Quadlet asks for control groups by an option of its own; what comes later wins.
  "/etc/containers/systemd/container.d/10-lab.conf": "[Container]\nPodmanArgs=--cgroups=disabled\n",
  // Podman's name server for containers does not start without it.
  "/etc/resolv.conf": "# No name server: nothing on this machine reaches the internet.\n",
  "/etc/environment": Object.entries(environment)
    .map(([name, value]) => `${name}=${value}\n`)
    .join(""),
  "/etc/systemd/system.conf.d/10-lab.conf": [
    "[Manager]",
    ...Object.entries(environment).map(([name, value]) => `DefaultEnvironment=${name}=${value}`),
    "",
  ].join("\n"),
};
