import type { Ref } from "../../src/model/text.ts";
import { declaredRecord, keeperScript } from "../certificate/keeper.ts";
import { type Certificate, namesOf } from "../certificate/schema.ts";
import { secretPath } from "../secrets-dir/index.ts";

export interface Acme extends Certificate {
  contact: string;
  authority: { directory: string; bundle?: string };
  challenge: "http" | { cloudflare: Ref };
  renew: number;
}

export const acmeName = (name: string): string => `acme-${name}`;
export const bundlePath = (name: string): string => `/etc/fleet/${acmeName(name)}.pem`;
export const tokenPath = (name: string): string => secretPath(`${acmeName(name)}.token`);

/** What listens on port 80 of the host serves this folder's .well-known/acme-challenge/. */
export const challengeFolder = "/var/lib/fleet-acme-challenge";
/** Of the client: its accounts and their keys, which are made here and go nowhere. */
const clientFolder = "/var/lib/fleet-acme";

export const acmeRecord = (a: Acme) => declaredRecord(a, { authority: a.authority.directory, renewal: "works" });

/**
 * The keeper of a certificate from an authority. The client is lego: one program with all the challenges, in Debian and
 * nixpkgs alike. Each authority has a folder of its own with the account.
 */
export const acmeScript = (a: Acme): string =>
  keeperScript({
    certificate: a,
    kind: "acme",
    record: acmeRecord(a),
    functions: `authority=${a.authority.directory}
client=${clientFolder}/$(printf %s "$authority" | tr -c 'A-Za-z0-9.-' _)
more() {
  issuer=$authority
  if ! cmp -s cert.pem "$client/certificates/${a.name}.crt"; then
    issuer=$(openssl x509 -noout -issuer -in cert.pem | tr -d '"\\\\')
  fi
  renewal=works
  if systemctl -q is-failed ${acmeName(a.name)}.service; then renewal="failed: journalctl -u ${acmeName(a.name)}"; fi
  printf ',"authority":"%s","renewal":"%s"' "$issuer" "$renewal"
}
ask() {
  ( umask 022 # the challenge is for all to read; keys the client makes 0600 by itself
    ${a.authority.bundle === undefined ? "" : `export LEGO_CA_CERTIFICATES=${bundlePath(a.name)}\n    `}${challenge(a)}
    exec timeout -k 5 100 lego --accept-tos --server "$authority" --email ${a.contact} --path "$client" --key-type ec256 \\
      ${namesOf(a)
        .map((name) => `--domains '${name}'`)
        .join(" ")} "$@" run ) 2>&1 8>&- 9>&-
}
obtain() {
  mkdir -p "$client" && exec 8>${clientFolder}/lock && flock -w 100 8 || return
  if ! told=$(ask); then
    # An authority that has forgotten the account, as those for tests do: a new one is made.
    case $told in *accountDoesNotExist*) rm -rf "$client/accounts"; told=$(ask) ;; *) false ;; esac
  fi || { echo "$authority gave no certificate, and the one that was there stays: $told" | tail -n 20; return 1; }
  place "$client/certificates/${a.name}.crt" "$client/certificates/${a.name}.key" || return
  systemctl reset-failed ${acmeName(a.name)}.service 2>/dev/null || :
}`,
    cases: `  renew)
    alone
    if [ -e untold ]; then tell || exit; fi
    if is_right && [ "$(days_left)" -ge ${a.renew} ]; then exit; fi
    obtain && tell ;;
`,
  });

/** Whoever has port 80 answers there from a folder; when nobody has it, the client listens for as long as it takes. */
const challenge = ({ challenge, name }: Acme): string =>
  challenge === "http"
    ? `set -- --http
    if grep -qsE ':0050 [0-9A-F]+:0000 0A ' /proc/net/tcp /proc/net/tcp6; then
      mkdir -p ${challengeFolder} && set -- "$@" --http.webroot ${challengeFolder}
    fi`
    : `export CF_DNS_API_TOKEN_FILE=${tokenPath(name)}; set -- --dns cloudflare`;
