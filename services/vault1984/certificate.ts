/**
 * A function of sh that prints how many days the certificate is still valid that this host serves on 443; fails when
 * none is served.
 * @param domain the name that is asked for
 */
export const certificateDays = (domain: string): string => `certificate_days() {
  end=$(${served(domain)} | openssl x509 -noout -enddate 2>/dev/null) || return 1
  end=$(date -d "\${end#notAfter=}" +%s) || return 1
  echo $(((end - $(date +%s)) / 86400))
}`;

const served = (domain: string): string =>
  `timeout 10 openssl s_client -connect 127.0.0.1:443 -servername ${domain} </dev/null 2>/dev/null`;
