/** Images of a repository that are neither of `keep` go, once all else has succeeded. */
export interface ContainersStep {
  do: "prune-images";
  engine: "podman" | "docker";
  repository: string;
  keep: string[];
}
