/**
 * A function of sh that prints how many days the certificate is still valid that this host serves on 443 for a name;
 * fails when none is served.
 */
export const certificateDays = `certificate_days() { # name
  end=$(timeout 10 openssl s_client -connect 127.0.0.1:443 -servername "$1" </dev/null 2>/dev/null | openssl x509 -noout -enddate 2>/dev/null) || return 1
  end=$(date -d "\${end#notAfter=}" +%s) || return 1
  echo $(((end - $(date +%s)) / 86400))
}`;

/** A function of sh that prints the fewest days of several names; fails when none is served for one of them. */
export const fewestDays = (names: readonly string[]): string => `${certificateDays}
fewest_days() {
  fewest=
  for name in ${names.join(" ")}; do
    days=$(certificate_days "$name") || return 1
    if [ -z "$fewest" ] || [ "$days" -lt "$fewest" ]; then fewest=$days; fi
  done
  echo "$fewest"
}`;
