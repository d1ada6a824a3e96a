/**
 * Functions of sh about the certificates that this host serves on 443: `certificate_days NAME` prints how many days the
 * one for a name is still valid, and fails when none is served.
 */
export const CERTIFICATE_DAYS = `certificate_days() {
  end=$(timeout 10 openssl s_client -connect 127.0.0.1:443 -servername "$1" </dev/null 2>/dev/null |
    openssl x509 -noout -enddate 2>/dev/null) || return 1
  end=$(date -d "\${end#notAfter=}" +%s) || return 1
  echo $(((end - $(date +%s)) / 86400))
}`;
