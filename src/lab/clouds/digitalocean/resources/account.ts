import type { Route } from "../../http/types.ts";
import type { Api } from "../api/api.ts";
import { unprocessable } from "../api/errors.ts";

/** What a new account may have until somebody asks for more. */
const LIMITS = { droplet_limit: 25, floating_ip_limit: 3, reserved_ip_limit: 3, volume_limit: 100 };

export const OWNER = { uuid: "a1b2c3d4-0000-4000-8000-000000000001", id: 1_000_001 };

export function accountRoutes(): Route[] {
  const account = {
    ...LIMITS,
    name: "Lab",
    email: "lab@example.com",
    uuid: OWNER.uuid,
    email_verified: true,
    status: "active",
    status_message: "",
    team: { uuid: OWNER.uuid, name: "My Team" },
  };
  return [{ method: "GET", path: "/account", handle: () => ({ body: { account } }) }];
}

/** @throws CloudError 422 when the account may not have so many more droplets. */
export function requireRoomForDroplets(api: Api, count: number): void {
  if (api.droplets.list().length + count > LIMITS.droplet_limit)
    throw unprocessable("creating this/these droplet(s) will exceed your droplet limit");
}

/** Only addresses that no droplet has are counted. @throws CloudError 422 */
export function requireRoomForReservedIp(api: Api): void {
  const unused = api.reserved_ips.list().filter(({ droplet }) => droplet === null);
  if (unused.length >= LIMITS.reserved_ip_limit)
    throw unprocessable("reserved ip limit exceeded: assign one to a droplet or delete one");
}
