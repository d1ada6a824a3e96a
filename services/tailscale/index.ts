import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { hostNameSchema } from "../../src/model/host-schema.ts";
import { aptSystems } from "../../src/model/platform.ts";
import { service } from "../../src/model/service.ts";
import { isSecret, textSchema } from "../../src/model/text.ts";

/** Where the host keeps the key that it joined with, readable by root alone. */
export const KEY_FILE = "/etc/fleet/tailscale.key";
export const KEEPER = "/etc/fleet/tailscale-keeper";

/**
 * A host's place in a tailnet. The package is the vendor's, whose repository apt has to know; lab machines get one that
 * says that it stands in for it. It is not put into host files: tailnetServices() gives every host its own.
 */
export const tailscale = service("tailscale", {
  args: z.strictObject({
    /** What the tailnet is to call it. */
    name: hostNameSchema,
    tags: z.array(z.string().regex(/^tag:[a-z][a-z0-9-]*$/, 'must be a tag such as "tag:web"')).min(1),
    /** A key that lets in one device, with exactly these tags. It is used when the host is not logged in. */
    key: textSchema.refine(isSecret, "holds no secret: a key lets anybody in"),
    /** Whether it takes routes that others offer. */
    acceptRoutes: z.boolean().default(false),
    /** Whether Tailscale's own SSH server runs. */
    ssh: z.boolean().default(false),
  }),
  runsOn: { os: aptSystems },
  render: ({ key, tags, name, acceptRoutes, ssh }) => ({
    packages: ["tailscale"],
    files: {
      [KEEPER]: { content: keeper(), mode: "0755" },
      [KEY_FILE]: { content: key, mode: "0600" },
    },
    // A new key is for the keeper: whoever is logged in needs no restart.
    units: { "tailscaled.service": { onChange: "nothing" } },
    records: {
      [KEEPER]: {
        node: { loggedIn: true, name, tags: [...tags].sort(), keyExpiresSoon: false, acceptRoutes, ssh },
      },
    },
    // Who it is in the tailnet comes later: the keeper needs a daemon that answers.
    checks: [{ kind: "command", command: "tailscale debug prefs" }],
  }),
});

const keeper = (): string => readFileSync(join(import.meta.dirname, "keeper.py"), "utf8");
