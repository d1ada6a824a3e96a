/** Parts of what the API shows: https://docs.hetzner.cloud */

export interface Named {
  id: number;
  name: string;
}

export interface Place {
  name: string;
}

export interface Amount {
  net: string;
}

export interface HetznerServer extends Named {
  server_type: { name: string; prices: { location: string; price_monthly: Amount }[] };
  location?: Place;
  datacenter?: { location: Place };
  image: { os_flavor: string } | null;
  public_net: { ipv4: { ip: string } | null };
}

export interface Volume extends Named {
  size: number;
  location: Place;
  server: number | null;
}

export interface PrimaryIp extends Named {
  ip: string;
  type: string;
  location?: Place;
  datacenter?: { location: Place };
  assignee_id: number | null;
}

export interface FloatingIp extends Named {
  ip: string;
  type: string;
  home_location: Place;
  server: number | null;
}

export interface Pricing {
  volume: { price_per_gb_month: Amount };
  primary_ips: AddressPrices[];
  floating_ips: AddressPrices[];
}

export interface AddressPrices {
  type: string;
  prices: { location: string; price_monthly: Amount }[];
}

export const locationOf = (item: { location?: Place; datacenter?: { location: Place } }): string =>
  (item.location ?? item.datacenter?.location)?.name ?? "";
