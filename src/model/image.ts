import { z } from "zod";

/** A digest of an image's manifest, or of its index of several architectures: what never moves. */
export const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be "sha256:" and 64 hexadecimal digits');

/** Image by name and tag → its digest: what `fleet images <stack>` has resolved, in stacks/<stack>/images.json. */
export const pinsSchema = z.record(z.string(), digestSchema);
export type Pins = z.output<typeof pinsSchema>;

const IMAGE =
  /^(?<registry>localhost(?::\d+)?|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z0-9-]+(?::\d+)?|[a-z0-9.-]+:\d+)\/(?<repository>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/** An image by its registry, name and tag, or digest: "ghcr.io/owner/api:1.4". */
export const imageSchema = z
  .string()
  .regex(IMAGE, 'must name registry, image and tag or digest, such as "docker.io/library/postgres:17"')
  .refine((image) => /[:@][^/]+$/.test(image), 'must have a tag or a digest: "…:1.4"');

export interface ImageName {
  /** "ghcr.io", "127.0.0.1:5000". */
  registry: string;
  /** "owner/api". */
  repository: string;
  tag: string;
  digest?: string;
}

/** The parts of an image's name. @throws Error when it is none */
export function imageName(image: string): ImageName {
  const { registry, repository, tag = "latest", digest } = IMAGE.exec(image)?.groups ?? {};
  if (registry === undefined || repository === undefined)
    throw new Error(`${JSON.stringify(image)} is no image's name`);
  return { registry, repository, tag, ...(digest !== undefined && { digest }) };
}

/** What an engine is told to run: by digest alone, where there is one. */
export function pinnedImage(image: string, pins: Pins): string | undefined {
  const { registry, repository, digest = pins[image] } = imageName(image);
  return digest === undefined ? undefined : `${registry}/${repository}@${digest}`;
}
