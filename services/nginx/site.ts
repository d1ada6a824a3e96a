import { z } from "zod";
import { certificateFiles } from "../certificate/files.ts";
import { hardenedHeaders } from "./headers.ts";

const port = z.int().min(1).max(65535);

export const siteSchema = z.strictObject({
  /** The name that is served; the certificate of the same name is used. */
  name: z.hostname('must be a host name such as "www.example.com"'),
  port: port.refine((p) => p !== 80, "80 only redirects to HTTPS: take another port").default(443),
  contentSecurityPolicy: z.string().regex(/^[^"\\$\n]+$/, "must not hold quotes, backslashes, $ or line breaks").default("default-src 'none'; frame-ancestors 'none'"),
  /** Which path goes to which port of the host itself. */
  proxies: z.array(z.strictObject({
    path: z.string().regex(/^\/([\w.~-]+\/)*$/, 'must begin and end with a slash, such as "/" or "/api/"'),
    to: port,
    /** The path that `fleet check` asks for from outside; it must answer 200. */
    probe: z.string().startsWith("/"),
  })).min(1, "must name at least one proxy"),
});
export type Site = z.output<typeof siteSchema>;

/** One server block: TLS, the hardened headers, and a proxy for each path. A path is taken off before the request goes on. */
export function siteConf(site: Site): string {
  const { certificate, key } = certificateFiles(site.name);
  const headers = Object.entries(hardenedHeaders(site)).map(([name, value]) => `    add_header ${name} "${value}" always;`);
  return `# Written by fleet (services/nginx).
server {
    listen ${site.port} ssl http2;
    server_name ${site.name};
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};

${headers.join("\n")}

${site.proxies.map(location).join("\n")}}
`;
}

/** Answers of a language model come slowly and in pieces: no buffering, ten minutes of patience. */
const location = ({ path, to }: Site["proxies"][number]): string => `    location ${path} {
        proxy_pass http://127.0.0.1:${to}/;
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto https;
        proxy_buffering off;
        proxy_read_timeout 600s;
    }
`;
