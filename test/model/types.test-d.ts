/**
 * Mistakes that must not compile. `tsc -p .` reads this file: each @ts-expect-error fails the type check when the line
 * under it compiles after all. Nothing here runs.
 */
import { assumed } from "../../src/model/assumed.ts";
import { a, aaaa, caa, cname, mx, srv } from "../../src/model/dns.ts";
import { aws, hetzner, mac, pi } from "../../src/model/host.ts";
import { ports } from "../../src/model/port.ts";
import { cron, daily, everyMinutes, timerEvery } from "../../src/model/schedule.ts";
import { addressOf, secret } from "../../src/model/text.ts";

export function portRanges(from: number, to: number): void {
  ports(49152, 65535);
  ports(80, 80);
  ports(99, 100);
  ports(from, to);
  // @ts-expect-error the wrong way round
  ports(65535, 49152);
  // @ts-expect-error the wrong way round, with fewer digits
  ports(100, 99);
  // @ts-expect-error the wrong way round in the last digit
  ports(3479, 3478);
}

export function cronFields(text: string): void {
  cron("30 2 * * *");
  cron("*/5 0-6 1,15 * mon");
  cron(text);
  // @ts-expect-error six fields
  cron("0 30 2 * * *");
  // @ts-expect-error four fields
  cron("30 2 * *");
  // @ts-expect-error a shorthand
  cron("@reboot");
  // @ts-expect-error two spaces
  cron("30 2  * * *");
  // @ts-expect-error not a time
  daily("half past two");
  // @ts-expect-error no divisor of an hour
  everyMinutes(7);
  // @ts-expect-error no unit
  timerEvery("30");
}

export function dnsTargets(name: string): void {
  const host = pi({ name: "alpha", os: "debian", ipv4: "192.0.2.1" });
  a("www", "192.0.2.1");
  a("www", host, { proxied: true });
  a("www", addressOf("alpha"));
  cname("www", "example.com");
  cname("www", name);
  // @ts-expect-error an A record points to an address
  a("www", "example.com");
  // @ts-expect-error a secret is no address
  a("www", secret("TOKEN"));
  // @ts-expect-error an IPv6 address
  a("www", "2001:db8::1");
  // @ts-expect-error a CNAME points to a name
  cname("www", "192.0.2.1");
  // @ts-expect-error a CNAME points to a name
  cname("www", host);
  // @ts-expect-error a URL
  cname("www", "https://example.com");
  // @ts-expect-error a dot at the end
  cname("www", "example.com.");
  // @ts-expect-error an IPv4 address
  aaaa("www", "192.0.2.1");
  // @ts-expect-error a mail server is a name
  mx("@", "192.0.2.1", { priority: 10 });
  // @ts-expect-error no priority
  mx("@", "mail.example.com", {});
  // @ts-expect-error only A, AAAA and CNAME can be proxied
  mx("@", "mail.example.com", { priority: 10, proxied: true });
  // @ts-expect-error no port
  srv("_sip._tcp", "sip.example.com", { priority: 10, weight: 5 });
  // @ts-expect-error no such tag
  caa("@", "letsencrypt.org", { tag: "issuer" });
}

export function hosts(): void {
  hetzner({
    name: "one",
    os: assumed("debian", "the document names none"),
    type: "cx23",
    location: assumed("hel1", "not said"),
  });
  // @ts-expect-error no such system
  hetzner({ name: "one", os: assumed("windows", "why not"), type: "cx23", location: "hel1" });
  // @ts-expect-error no server type
  hetzner({ name: "one", os: "debian", type: "t4g.nano", location: "hel1" });
  // @ts-expect-error a misspelt field
  hetzner({ name: "one", os: "debian", type: "cx23", location: "hel1", adpot: true });
  // @ts-expect-error no region
  aws({ name: "tokyo", os: "nixos", type: "t4g.nano" });
  // @ts-expect-error a Mac runs macOS
  mac({ name: "anvil", os: "debian" });
  // @ts-expect-error a protocol is needed
  pi({ name: "alpha", os: "debian", publicPorts: ["443"] });
}

export function releases(): void {
  pi({ name: "a", os: "debian", release: 12 });
  pi({ name: "a", os: assumed("debian", "why"), release: assumed(13, "why") });
  // @ts-expect-error a release of Debian with another system
  pi({ name: "a", os: "raspberry-pi-os", release: 12 });
  // @ts-expect-error no release that fleet knows
  pi({ name: "a", os: "debian", release: 11 });
}
