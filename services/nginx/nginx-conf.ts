import { challengeFolder } from "../acme/script.ts";

/** What an ACME authority asks for, here and where a redirect leads it. */
export const challengeLocation = (indent: string): string => `${indent}location ^~ /.well-known/acme-challenge/ {
${indent}    root ${challengeFolder};
${indent}    default_type text/plain;
${indent}}
`;

/** /etc/nginx/nginx.conf: Debian's own without sites-enabled, so that the package's default site never answers. */
export const nginxConf = `# Written by fleet (services/nginx).
user www-data;
worker_processes auto;
pid /run/nginx.pid;
include /etc/nginx/modules-enabled/*.conf;

events {
    worker_connections 1024;
}

http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    sendfile on;
    server_tokens off;
    access_log /var/log/nginx/access.log;
    error_log /var/log/nginx/error.log;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:tls:10m;

    server {
        listen 80 default_server;
${challengeLocation("        ")}
        location / {
            return 301 https://$host$request_uri;
        }
    }

    include /etc/nginx/conf.d/*.conf;
}
`;
