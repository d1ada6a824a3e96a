import { expect, test } from "vitest";
import { nginx } from "../../services/nginx/index.ts";
import type { SiteInput } from "../../services/nginx/site.ts";
import { showPort } from "../../src/model/port.ts";
import { fileText, host } from "./render.ts";

const site = { name: "www.example.com", proxies: [{ path: "/", to: 3000, probe: "/health" }] };
const other = { name: "www.example.com", port: 8300, proxies: [{ path: "/api/", to: 3001, probe: "/api/health" }] };

test("a site is one server block with its certificate, headers and proxies", () => {
  expect(fileText(nginx({ sites: [other] }), "/etc/nginx/conf.d/www.example.com-8300.conf")).toMatchInlineSnapshot(`
    "# Written by fleet (services/nginx).
    server {
        listen 8300 ssl http2;
        server_name www.example.com;
        ssl_certificate /etc/ssl/fleet/www.example.com/cert.pem;
        ssl_certificate_key /etc/ssl/fleet/www.example.com/key.pem;

        add_header content-security-policy "default-src 'none'; frame-ancestors 'none'" always;
        add_header strict-transport-security "max-age=31536000; includeSubDomains" always;
        add_header x-frame-options "DENY" always;
        add_header x-content-type-options "nosniff" always;
        add_header referrer-policy "no-referrer" always;

        location /api/ {
            proxy_pass http://127.0.0.1:3001/;
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto https;
            proxy_buffering off;
            proxy_read_timeout 600s;
        }
    }
    "
  `);
});

test("what a proxy may be told besides: who asks, the whole path, WebSockets, and no log", () => {
  const conf = fileText(
    nginx({
      sites: [
        {
          ...site,
          proxies: [
            {
              ...site.proxies[0]!,
              only: ["10.84.0.0/24", "10.85.0.1/32"],
              keepsPath: true,
              webSocket: true,
              isSecret: true,
              status: 403,
            },
          ],
        },
      ],
    }),
    "/etc/nginx/conf.d/www.example.com-443.conf",
  );
  for (const line of [
    "access_log off",
    "allow 10.84.0.0/24",
    "allow 10.85.0.1/32",
    "deny all",
    "proxy_pass http://127.0.0.1:3000",
    "proxy_set_header Upgrade $http_upgrade",
  ])
    expect(conf).toContain(`        ${line};\n`);
});

test("plain HTTP is only redirected, and the package's default site is not served", () => {
  const conf = fileText(nginx({ sites: [site] }), "/etc/nginx/nginx.conf");
  expect(conf).toContain("return 301 https://$host$request_uri;");
  expect(conf).not.toContain("sites-enabled");
});

test("a change is validated, reloaded and checked; ports and order follow from the sites", () => {
  const service = nginx({ sites: [site, other] });
  const bundle = service.render(host());
  expect(bundle.validations).toEqual([{ command: "nginx -t" }]);
  expect(bundle.units["nginx.service"]!.onChange).toBe("reload");
  expect(bundle.checks.map((c) => ("port" in c ? c.port : "url" in c && c.url))).toEqual([
    "http://127.0.0.1/",
    443,
    8300,
  ]);
  expect(service.ports.map(showPort)).toEqual(["80/tcp", "443/tcp", "8300/tcp"]);
  expect(service.dependsOn).toEqual(["certificate-www.example.com"]);
});

test("from outside: the redirect, and each proxy with its headers", () => {
  const probes = nginx({ sites: [site, other] }).probes(host());
  expect(probes[0]).toMatchObject({
    tls: false,
    port: 80,
    status: 301,
    headers: { location: "https://www.example.com/" },
  });
  expect(probes.slice(1).map((p) => "path" in p && [p.port, p.path, p.status])).toEqual([
    [443, "/health", 200],
    [8300, "/api/health", 200],
  ]);
  for (const probe of probes.slice(1)) {
    expect("headers" in probe && Object.keys(probe.headers)).toEqual(
      expect.arrayContaining(["content-security-policy", "strict-transport-security", "x-frame-options"]),
    );
  }
});

test("what no name leads to is asked for at the host's address", () => {
  const hosts = (...sites: SiteInput[]) =>
    nginx({ sites })
      .probes(host())
      .map((p) => (p.kind === "http" ? [p.port, p.host] : p));
  expect(hosts(site, { ...other, reachedBy: "address" })).toEqual([
    [80, "www.example.com"],
    [443, "www.example.com"],
    [8300, undefined],
  ]);
  expect(hosts({ ...other, reachedBy: "address" })).toEqual([[8300, undefined]]);
});

test.each([
  ["no site", { sites: [] }, "nginx.sites: must name at least one site"],
  ["the same site twice", { sites: [site, site] }, "two sites have the same name and port"],
  [
    "a path without its slash",
    { sites: [{ ...site, proxies: [{ path: "/api", to: 1, probe: "/" }] }] },
    "nginx.sites[0].proxies[0].path: must begin and end with a slash",
  ],
  ["port 80 for a site", { sites: [{ ...site, port: 80 }] }, "80 only redirects to HTTPS"],
  [
    "a policy that would end its quotes",
    { sites: [{ ...site, contentSecurityPolicy: 'x"; evil' }] },
    "must not hold quotes",
  ],
  [
    "a name that would end its line",
    { sites: [{ ...site, name: "a;b" }] },
    'nginx.sites[0].name: must be a host name such as "www.example.com"',
  ],
])("%s is refused", (_, args, message) => {
  expect(() => nginx(args as never)).toThrow(message);
});
