import { z } from "zod";
import { service } from "../../src/model/service.ts";

/**
 * Removes what no generation of a NixOS host uses any more. How many generations stay is the business of each change,
 * which keeps two.
 */
export const nixGc = service("nix-gc", {
  args: z.strictObject({
    /** A systemd calendar time: "weekly". */
    when: z.string().min(1),
  }),
  runsOn: { os: ["nixos"] },
  render: (a) => ({ options: { "nix.gc.automatic": true, "nix.gc.dates": a.when }, units: { "nix-gc.timer": {} } }),
});
