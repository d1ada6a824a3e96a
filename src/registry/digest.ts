import { imageName } from "../model/image.ts";
import type { Logins } from "./logins.ts";

/** What a tag may stand for: an index of several architectures, or one manifest. */
const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");
const SECONDS = 20;

/**
 * The digest behind an image's tag, as its registry says (OCI distribution specification, "Pulling
 * manifests").
 * @param logins "user:password" in base64 by registry
 * @throws Error with the reason when the registry does not tell
 */
export async function digestOf(image: string, logins: Logins = {}): Promise<string> {
  const { registry, repository, tag, digest } = imageName(image);
  const url = `${placeOf(registry)}/v2/${repository}/manifests/${digest ?? tag}`;
  const ask = (authorization?: string) =>
    fetchOr(image, url, { method: "HEAD", headers: { accept: ACCEPT, ...(authorization && { authorization }) } });
  let answer = await ask();
  if (answer.status === 401)
    answer = await ask(await authorizationFor(image, answer.headers.get("www-authenticate") ?? "", logins[registry]));
  if (answer.status === 404) throw new Error(`${image}: the registry has no such image or tag`);
  if (answer.status === 401 || answer.status === 403)
    throw new Error(`${image}: the registry wants another login: see docs/containers.md`);
  const told = answer.headers.get("docker-content-digest");
  if (!answer.ok || !/^sha256:[0-9a-f]{64}$/.test(told ?? ""))
    throw new Error(`${image}: the registry answered ${answer.status} and no digest`);
  return told!;
}

/** Docker Hub's API has a name of its own; only on this machine itself a registry is asked without TLS. */
const placeOf = (registry: string): string =>
  registry === "docker.io"
    ? "https://registry-1.docker.io"
    : `${/^(localhost|127\.[\d.]+)(:|$)/.test(registry) ? "http" : "https"}://${registry}`;

/** As the registry's challenge asks: the login itself, or a token that another server gives for it. */
async function authorizationFor(
  image: string,
  challenge: string,
  login: string | undefined,
): Promise<string | undefined> {
  const basic = login && `Basic ${login}`;
  if (!/^bearer /i.test(challenge)) return basic;
  const { realm, ...query } = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
  );
  if (realm === undefined || !URL.canParse(realm))
    throw new Error(`${image}: the registry does not say where its tokens come from`);
  const url = new URL(realm);
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  const answer = await fetchOr(image, url.href, basic ? { headers: { authorization: basic } } : {});
  const told = answer.ok ? ((await answer.json()) as { token?: string; access_token?: string }) : {};
  const token = told.token ?? told.access_token;
  if (token === undefined) throw new Error(`${image}: the registry gives no token for it: see docs/containers.md`);
  return `Bearer ${token}`;
}

async function fetchOr(image: string, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(SECONDS * 1000) });
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? (cause as NodeJS.ErrnoException).code || cause.message : message;
    throw new Error(`${image}: ${new URL(url).host} does not answer: ${why}`, { cause: error });
  }
}
