import { CloudError } from "../http/types.ts";
import type { Json } from "./reply.ts";

const refused = (message: string): CloudError => new CloudError(400, 1056, `Bad Configuration: ${message}`);

/** A tunnel's configuration as it is kept, with what the server fills in. @throws CloudError 400 with cloudflared's reason */
export function checkConfig(config: unknown): Json {
  if (typeof config !== "object" || config === null) throw refused("config is required");
  const { ingress = [], ...rest } = config as { ingress?: Json[] };
  ingress.forEach(({ service, hostname, path }, i) => {
    const isLast = i === ingress.length - 1;
    if (typeof service !== "string" || !/^([a-z0-9+]+:|http_status:\d{3}$|hello_world$)/.test(service))
      throw refused(`Rule #${i + 1} has an invalid service ${JSON.stringify(service)}`);
    const takesAll = !path && (!hostname || hostname === "*");
    if (isLast && !takesAll)
      throw refused("The last ingress rule must match all URLs (i.e. it should not have a hostname or path filter)");
    if (!isLast && takesAll)
      throw refused(
        `Rule #${i + 1} is matching the hostname '', but this will match every hostname, meaning the rules which follow it will never be triggered.`,
      );
  });
  const filled = ingress.map((rule) => (rule.hostname ? { originRequest: {}, ...rule } : rule));
  return { ingress: filled, ...rest, "warp-routing": { enabled: false } };
}
