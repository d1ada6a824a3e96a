/**
 * Where a certificate and its key are: those of their own, or links to the pair that is live. The key is readable by
 * root alone.
 */
export const certificateFiles = (name: string) => ({
  directory: `/etc/ssl/fleet/${name}`,
  certificate: `/etc/ssl/fleet/${name}/cert.pem`,
  key: `/etc/ssl/fleet/${name}/key.pem`,
});

/** The service that sees to it that there is a certificate: what its users depend on. */
export const certificateService = (name: string): string => `certificate-${name}`;
