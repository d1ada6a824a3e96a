import type { HostContext } from "../../src/model/service.ts";

/** The PostgreSQL that each release of Debian packages. */
const versions = { 12: 15, 13: 17 } as const;
/** Raspberry Pi OS is built on Debian 13; Ubuntu 24.04 has a version between. */
const others: Partial<Record<HostContext["os"], number>> = { "raspberry-pi-os": 17, ubuntu: 16 };

/** The major version that a host's own packages bring. @throws Error when nothing is known of its system */
export function versionOn({ name, os, release }: HostContext): number {
  const version = release === undefined ? others[os] : versions[release];
  if (version === undefined) throw new Error(`host ${name} runs ${os}, whose PostgreSQL is not known`);
  return version;
}
