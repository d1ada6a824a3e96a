import { isActive } from "../../../model/status.ts";
import type { Fleet } from "../../../model/fleet.ts";
import type { Kind } from "../../kind.ts";
import type { CloudflareClient } from "../client.ts";
import { idOfZone, inZone, stackFile } from "../names.ts";

interface Setting {
  zone: Fleet["zones"][number];
  setting: string;
  value: string | number | boolean;
}

interface Shown {
  id: string;
  value: unknown;
}

/**
 * A setting of a zone. Every zone has all of them: to make one is to set it, and one that has its declared value already
 * is taken over. Identity: the zone, the setting and the value.
 */
export const zoneSetting: Kind<Setting, Shown, CloudflareClient> = {
  is: "cloudflare/zone-setting",
  title: "setting",
  token: "cloudflare:index/zoneSetting:ZoneSetting",

  declared: (fleet) =>
    fleet.zones.flatMap((zone) =>
      Object.entries(zone.settings).map(([setting, value]) => ({
        name: `${zone.name}-${setting}`,
        file: stackFile(fleet),
        active: isActive(zone) && zone.provider === "cloudflare",
        model: { zone, setting, value },
      })),
    ),
  identity: ({ zone, setting, value }) => `${zone.id} ${setting} ${JSON.stringify(value)}`,
  held: () => undefined,
  ask: (client, models) =>
    [...new Set(models.map(({ zone }) => zone))].map((zone) => ({
      about: `settings of ${zone.name}`,
      list: async () =>
        (await client.zoneList<Shown>(idOfZone(zone), "/settings")).map((shown) => ({
          identity: `${zone.id} ${shown.id} ${JSON.stringify(shown.value)}`,
          id: shown.id,
          importId: `${zone.id}/${shown.id}`,
          shown,
        })),
    })),

  within: ({ zone }) => inZone(zone.name),
  resource: ({ zone, setting, value }) => ({ args: { zoneId: idOfZone(zone), settingId: setting, value } }),
  differs: () => [],
};
