import { assumed } from "../../src/model/assumed.ts";
import { nginx } from "../../services/nginx/index.ts";

/** What ghost-01 serves under the name. */
export const ghostSites = (name: string) =>
  nginx({
    sites: assumed(
      [
        {
          name,
          proxies: [
            { path: "/", to: 11435, probe: "/health" },
            { path: "/checkup/", to: 8100, probe: "/checkup/health" },
            { path: "/sports/", to: 11436, probe: "/sports/health" },
          ],
        },
        // Cloudflare's proxy, which the name leads through, does not carry 8300.
        { name, port: 8300, reachedBy: "address", proxies: [{ path: "/", to: 11436, probe: "/health" }] },
      ],
      "the document names the sports cache on 8300; the paths on 443 and all health paths are ours",
    ),
  });
