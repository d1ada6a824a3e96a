import { z } from "zod";
import { certificateFiles } from "../certificate/files.ts";
import { hardenedHeaders } from "./headers.ts";
import { challengeLocation } from "./nginx-conf.ts";

const port = z.int().min(1).max(65535);

export const siteSchema = z.strictObject({
  /** The name that is served; the certificate of the same name is used. */
  name: z.hostname('must be a host name such as "www.example.com"'),
  port: port.refine((p) => p !== 80, "80 only redirects to HTTPS: take another port").default(443),
  /** How its users find it: by its name, or by the host's address where no name leads to the port. */
  reachedBy: z.enum(["name", "address"]).default("name"),
  contentSecurityPolicy: z
    .string()
    .regex(/^[^"\\$\n]+$/, "must not hold quotes, backslashes, $ or line breaks")
    .default("default-src 'none'; frame-ancestors 'none'"),
  /** Which path goes to which port of the host itself. */
  proxies: z
    .array(
      z.strictObject({
        path: z.string().regex(/^\/([\w.~-]+\/)*$/, 'must begin and end with a slash, such as "/" or "/api/"'),
        to: port,
        /** The path that `fleet check` asks for from outside, and what it must be answered with. */
        probe: z.string().startsWith("/"),
        status: z.int().min(100).max(599).default(200),
        /** Networks that may ask; others get 403. Everybody when left out. */
        only: z.array(z.cidrv4('must be a network such as "10.84.0.0/24"')).min(1).optional(),
        /** The path goes on with the request, instead of being taken off. */
        keepsPath: z.boolean().default(false),
        /** Connections may become WebSockets. */
        webSocket: z.boolean().default(false),
        /** Paths hold secrets: requests are written into no log. */
        isSecret: z.boolean().default(false),
      }),
    )
    .min(1, "must name at least one proxy"),
});
export type Site = z.output<typeof siteSchema>;
export type SiteInput = z.input<typeof siteSchema>;

/** One server block: TLS, the hardened headers, and a proxy for each path. */
export function siteConf(site: Site): string {
  const { certificate, key } = certificateFiles(site.name);
  const headers = Object.entries(hardenedHeaders(site)).map(
    ([name, value]) => `    add_header ${name} "${value}" always;`,
  );
  return `# Written by fleet (services/nginx).
server {
    listen ${site.port} ssl http2;
    server_name ${site.name};
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};

${headers.join("\n")}

${site.port === 443 ? `${challengeLocation("    ")}\n` : ""}${site.proxies.map(location).join("\n")}}
`;
}

/** Answers of a language model come slowly and in pieces: no buffering, ten minutes of patience. */
function location({ path, to, only, keepsPath, webSocket, isSecret }: Site["proxies"][number]): string {
  const lines = [
    ...(isSecret ? ["access_log off", "error_log /dev/null"] : []),
    ...(only ? [...only.map((network) => `allow ${network}`), "deny all"] : []),
    `proxy_pass http://127.0.0.1:${to}${keepsPath ? "" : "/"}`,
    "proxy_http_version 1.1",
    ...(webSocket ? ["proxy_set_header Upgrade $http_upgrade", 'proxy_set_header Connection "upgrade"'] : []),
    "proxy_set_header Host $host",
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for",
    "proxy_set_header X-Forwarded-Proto https",
    "proxy_buffering off",
    "proxy_read_timeout 600s",
  ];
  return `    location ${path} {\n${lines.map((line) => `        ${line};\n`).join("")}    }\n`;
}
