import { SYSTEM_IMAGES } from "./images.ts";
import { DATACENTERS, LOCATIONS, type Location } from "./locations.ts";
import { serverTypePrices } from "./prices.ts";
import { SERVER_TYPES, type ServerTypeFacts } from "./server-types.ts";

/** What the API lists and nobody can change, in the vendor's shape. */
export const SERVER_TYPE_VIEWS = SERVER_TYPES.map(serverTypeView);
export const DATACENTER_VIEWS = DATACENTERS.map((datacenter) => {
  const ids = SERVER_TYPES.filter(({ locations }) => locations.includes(datacenter.location)).map(({ id }) => id);
  return {
    ...datacenter,
    location: locationByName(datacenter.location),
    server_types: { available: ids, available_for_migration: ids, supported: ids },
  };
});
/** System images in the shape that snapshots have too. */
export const SYSTEM_IMAGE_VIEWS = SYSTEM_IMAGES.map((image) => ({
  ...image,
  type: "system" as const,
  status: "available" as const,
  image_size: null,
  disk_size: 5,
  created: "2025-08-12T06:00:00Z",
  created_from: null,
  bound_to: null,
  rapid_deploy: true,
  protection: { delete: false },
  deprecated: null,
  deleted: null,
  labels: {},
}));

type DatacenterView = (typeof DATACENTER_VIEWS)[number];

export function findLocation(nameOrId: string | number): Location | undefined {
  return find(LOCATIONS, nameOrId);
}

export function findServerType(nameOrId: string | number): ServerTypeFacts | undefined {
  return find(SERVER_TYPES, nameOrId);
}

export function findDatacenter(nameOrId: string | number): DatacenterView | undefined {
  return find(DATACENTER_VIEWS, nameOrId);
}

/** @throws Error for a name that the catalogue does not hold: check it with findLocation first. */
export function locationByName(name: string): Location {
  const location = findLocation(name);
  if (location === undefined)
    throw new Error(
      `location ${name} is not in the catalogue: use one of ${LOCATIONS.map((each) => each.name).join(", ")}`,
    );
  return location;
}

export function datacenterOf(location: string): DatacenterView | undefined {
  return DATACENTER_VIEWS.find((each) => each.location.name === location);
}

export function serverTypeViewByName(name: string): object | undefined {
  return SERVER_TYPE_VIEWS.find((type) => type.name === name);
}

function find<T extends { id: number; name: string }>(rows: T[], nameOrId: string | number): T | undefined {
  return rows.find((row) => row.name === nameOrId || String(row.id) === String(nameOrId));
}

function serverTypeView(type: ServerTypeFacts) {
  const { locations, monthly: _monthly, ...facts } = type;
  return {
    ...facts,
    description: type.name.toUpperCase(),
    storage_type: "local",
    deprecated: false,
    deprecation: null,
    prices: serverTypePrices(type),
    locations: locations.map((name) => ({
      id: locationByName(name).id,
      name,
      deprecation: null,
      available: true,
      recommended: true,
    })),
  };
}
