import { certificateFiles } from "./files.ts";
import { type Certificate, namesOf } from "./schema.ts";

/** What a certificate's record says (docs/services.md, Records) when nothing is wrong with it. */
export const declaredRecord = (a: Certificate, more: Record<string, string> = {}) => ({
  names: namesOf(a),
  daysLeft: `at least ${a.daysLeft}`,
  key: "0600 root:root",
  users: "have it",
  ...more,
});

export interface Keeper {
  certificate: Certificate;
  /** The script's own folder under services/. */
  kind: string;
  record: ReturnType<typeof declaredRecord>;
  /**
   * Functions of its own: `obtain` gets another certificate and has it placed; `more`, if there is one, prints further
   * fields of the record, each with a comma before it.
   */
  functions: string;
  /** Whether it does more than a keeper has to: further cases of the command. */
  cases?: string;
}

/**
 * The program that keeps one certificate: as a keeper of its record it tells how it is, and puts right what is wrong
 * with it. A new pair takes its place by one rename of the link `live`, so that no reader and no reboot finds a key
 * that doesn't fit; its users are told of it once it is there, after a crash by the next run.
 */
export const keeperScript = ({ certificate: a, kind, record, functions, cases = "" }: Keeper): string => `#!/bin/sh
# Made by fleet (services/${kind}).
set -u
export LC_ALL=C PATH=/run/current-system/sw/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077
cd ${certificateFiles(a.name).directory} 2>&1 || exit

look() { seen=$(openssl x509 -noout -dates -pubkey -ext subjectAltName -in cert.pem) 2>/dev/null; }
day() { date -d "$(printf '%s' "$seen" | sed -n "s/^$1=//p")" +%s 2>/dev/null; }
days_left() {
  look && end=$(day notAfter) && start=$(day notBefore) && now=$(date +%s) || return
  if [ "$start" -gt "$now" ]; then echo "none before $(date -u -d "@$start" '+%F %T') UTC"; return; fi
  echo $(((end - now) / 86400))
}
# As clients compare (RFC 9525): the whole name, or * in place of its first part.
covers() { printf '%s' "$seen" | tr -d ' ' | tr , '\\n' | grep -qixF -e "DNS:$1" -e "DNS:*.\${1#*.}"; }
fits() { # folder of a pair
  of_key=$(openssl pkey -pubout -in "$1/key.pem" 2>/dev/null) &&
    [ "$(openssl x509 -noout -pubkey -in "$1/cert.pem" 2>/dev/null)" = "$of_key" ]
}
fields() {
  days=$(days_left) || days="the certificate can't be read"
  case $days in *[!0-9]*) ;; *) if [ "$days" -ge ${a.daysLeft} ]; then days="at least ${a.daysLeft}"; fi ;; esac
  look; names=
  for name in ${namesOf(a)
    .map((name) => `'${name}'`)
    .join(" ")}; do if covers "$name"; then names="$names,\\"$name\\""; fi; done
  if fits .; then key=$(stat -Lc '%04a %U:%G' key.pem); else key="of another certificate"; fi
  if [ -e untold ]; then users="have an older one"; else users="have it"; fi
  printf '{"names":[%s],"daysLeft":"%s","key":"%s","users":"%s"' "\${names#,}" "$days" "$key" "$users"
  more
  echo '}'
}
is_right() { [ -s cert.pem ] && [ "$(fields)" = '${JSON.stringify(record)}' ]; }

link() { rm -f next && ln -s "$1" next && mv -T next "$2"; }
place() { # certificate, key
  if [ ! -L cert.pem ] || [ ! -L key.pem ] && [ -s cert.pem ] && [ -s key.pem ]; then
    old=$(mktemp -d pair.XXXXXX) && cp -L cert.pem key.pem "$old/" && link "$old" live || return
    link live/cert.pem cert.pem && link live/key.pem key.pem || return
  fi
  for other in pair.*; do if [ "$other" != "$(readlink live)" ]; then rm -rf "$other"; fi; done
  new=$(mktemp -d pair.XXXXXX) && cat "$1" >"$new/cert.pem" && cat "$2" >"$new/key.pem" || return
  fits "$new" || { echo "the new key is not that of the new certificate"; return 1; }
  touch untold && link "$new" live || return
  link live/cert.pem cert.pem && link live/key.pem key.pem
}
# Without a restart where the unit knows how to reload; who is not running reads it when it starts.
tell() {
  for unit in ${a.usedBy.map((name) => `${name}.service`).join(" ")}; do
    if systemctl -q is-active "$unit"; then systemctl reload-or-restart "$unit" || return; fi
  done
  rm -f untold
}
more() { :; }
${functions}
alone() { exec 9>lock && flock -w 100 9 || { echo "another run has ${certificateFiles(a.name).directory}/lock"; exit 1; }; }

case \${1-} in
  read) if [ -s cert.pem ]; then printf '{"certificate":%s}\\n' "$(fields)"; else echo '{}'; fi ;;
  write)
    alone
    if [ -e untold ]; then tell || exit; fi
    is_right || obtain || exit
    tell && is_right || { echo "the certificate is not as declared: $(fields)"; exit 1; } ;;
  remove) ;;
${cases}  *) echo "usage: $0 read|write|remove"; exit 2 ;;
esac
`;
