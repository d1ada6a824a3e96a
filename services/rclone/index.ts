import { z } from "zod";
import { service } from "../../src/model/service.ts";
import { refSchema, text } from "../../src/model/text.ts";

/** root's rclone settings with one remote for Cloudflare R2. The program is the operator's own installation. */
export const rclone = service("rclone", {
  args: z.strictObject({
    /** What the remote is called: "r2" is used as r2:bucket/key. */
    remote: z.string().regex(/^\w+$/, "must be letters, digits and _, without the colon"),
    /** Cloudflare's account id. */
    account: z.string().regex(/^[0-9a-f]{32}$/, "must be Cloudflare's account id, 32 hexadecimal digits"),
    accessKeyId: refSchema,
    secretAccessKey: refSchema,
  }),
  render: (a) => ({
    directories: { "/root/.config/rclone": { mode: "0700" } },
    files: {
      "/root/.config/rclone/rclone.conf": {
        mode: "0600",
        content: text`[${a.remote}]
type = s3
provider = Cloudflare
access_key_id = ${a.accessKeyId}
secret_access_key = ${a.secretAccessKey}
endpoint = https://${a.account}.r2.cloudflarestorage.com
acl = private
no_check_bucket = true
`,
      },
    },
  }),
});
