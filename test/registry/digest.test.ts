import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { digestOf } from "../../src/registry/digest.ts";
import { readLogins } from "../../src/registry/logins.ts";

/** A registry as the distribution specification has it, with each of the ways to log in. */
const digest = `sha256:${"b".repeat(64)}`;
const login = Buffer.from("bot:made-up").toString("base64");
let registry: string;
let asked: string[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url} ${request.headers.authorization?.split(" ")[0] ?? "-"}`);
  answer(request, response);
});
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => (asked = []));
afterAll(() => server.close());

const tells = (response: ServerResponse) => response.writeHead(200, { "docker-content-digest": digest }).end();

test("an open registry is asked once", async () => {
  answer = (request, response) => {
    expect(request.headers.accept).toContain("application/vnd.oci.image.index.v1+json");
    tells(response);
  };
  expect(await digestOf(`${registry}/owner/api:1.4`)).toBe(digest);
  expect(asked).toEqual(["HEAD /v2/owner/api/manifests/1.4 -"]);
});

test("one that wants a password gets that of its own name", async () => {
  answer = ({ headers }, response) =>
    headers.authorization === `Basic ${login}`
      ? tells(response)
      : response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
  expect(await digestOf(`${registry}/api:1`, { [registry]: login })).toBe(digest);
  await expect(digestOf(`${registry}/api:1`, { "ghcr.io": login })).rejects.toThrow("wants another login");
});

test("one that wants a token gets what its server of tokens gives, asked with its service and scope", async () => {
  answer = ({ url, headers }, response) => {
    if (url!.startsWith("/token")) return response.end(JSON.stringify({ token: "t" }));
    if (headers.authorization === "Bearer t") return tells(response);
    const challenge = `Bearer realm="http://${registry}/token",service="s",scope="repository:api:pull"`;
    return response.writeHead(401, { "www-authenticate": challenge }).end();
  };
  expect(await digestOf(`${registry}/api:1`, { [registry]: login })).toBe(digest);
  expect(asked[1]).toBe("GET /token?service=s&scope=repository%3Aapi%3Apull Basic");
});

test.each<[string, (response: ServerResponse) => void, RegExp]>([
  ["no such tag", (response) => response.writeHead(404).end(), /has no such image or tag/],
  ["a fault", (response) => response.writeHead(500).end(), /answered 500 and no digest/],
  ["no digest", (response) => response.writeHead(200).end(), /answered 200 and no digest/],
  ["half a digest", (response) => response.writeHead(200, { "docker-content-digest": "sha256:b" }).end(), /no digest/],
  ["no end", (response) => response.destroy(), /does not answer/],
])("%s is no digest", async (_, say, reason) => {
  answer = (__, response) => say(response);
  await expect(digestOf(`${registry}/api:1`)).rejects.toThrow(reason);
});

test("logins are read as podman and docker leave them; no file is no login, and a broken one is told", async () => {
  const folder = await mkdtemp(join(tmpdir(), "logins-"));
  const path = join(folder, "auth.json");
  await writeFile(
    path,
    JSON.stringify({
      auths: { "ghcr.io": { auth: login }, "https://index.docker.io/v1/": { auth: login }, "kept.by.a.helper": {} },
    }),
  );
  expect(await readLogins({ REGISTRY_AUTH_FILE: path })).toEqual({ "ghcr.io": login, "docker.io": login });
  await expect(readLogins({ REGISTRY_AUTH_FILE: join(folder, "none") })).rejects.toThrow("ENOENT");
  await writeFile(path, "not JSON");
  await expect(readLogins({ REGISTRY_AUTH_FILE: path })).rejects.toThrow("no file of logins");
});
