import { z } from "zod";
import { aptSystems } from "../../src/model/platform.ts";
import { service } from "../../src/model/service.ts";
import { refSchema } from "../../src/model/text.ts";
import { environmentFile } from "../program/environment.ts";
import { secretPath } from "../secrets-dir/index.ts";

const environment = secretPath("wrangler.env");

/** Cloudflare's command line tool for root, with its token from a file. npm fetches the tool when it is first used. */
export const wrangler = service("wrangler", {
  args: z.strictObject({
    /** Major version. */
    version: z.int().min(3),
    token: refSchema,
  }),
  runsOn: { os: aptSystems },
  dependsOn: () => ["secrets-dir"],
  render: (a) => ({
    packages: ["npm"],
    files: {
      ...environmentFile(environment, { CLOUDFLARE_API_TOKEN: a.token }),
      "/usr/local/bin/wrangler": {
        content: `#!/bin/sh\nset -a\n. ${environment}\nexec npx --yes wrangler@${a.version} "$@"\n`,
        mode: "0755",
      },
    },
  }),
});
