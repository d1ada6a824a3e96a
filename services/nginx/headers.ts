/**
 * Headers of every answer over HTTPS, by lower-case name. Nothing that nginx serves here is meant to be shown in a
 * page.
 */
export const hardenedHeaders = (site: { contentSecurityPolicy: string }): Record<string, string> => ({
  "content-security-policy": site.contentSecurityPolicy,
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
});
