import { expect, test } from "vitest";
import { imageName, imageSchema, pinnedImage } from "../../src/model/image.ts";

const digest = `sha256:${"a".repeat(64)}`;

test.each([
  ["ghcr.io/owner/api:1.4", { registry: "ghcr.io", repository: "owner/api", tag: "1.4" }],
  ["docker.io/library/postgres:17", { registry: "docker.io", repository: "library/postgres", tag: "17" }],
  ["127.0.0.1:5000/api:latest", { registry: "127.0.0.1:5000", repository: "api", tag: "latest" }],
  ["localhost/a/b:x", { registry: "localhost", repository: "a/b", tag: "x" }],
  [`ghcr.io/owner/api@${digest}`, { registry: "ghcr.io", repository: "owner/api", tag: "latest", digest }],
])("%s is an image", (image, parts) => {
  expect(imageSchema.safeParse(image).success).toBe(true);
  expect(imageName(image)).toEqual(parts);
});

test.each([
  ["postgres:17", /registry/],
  ["owner/api:1", /registry/],
  ["ghcr.io/owner/api", /tag or a digest/],
  ["localhost:5000/api", /tag or a digest/],
  ["ghcr.io/Owner/api:1", /registry/],
  [`ghcr.io/owner/api@sha256:abc`, /registry/],
  ["ghcr.io/owner/api:1 --privileged", /registry/],
])("%s is refused", (image, reason) => {
  expect(imageSchema.safeParse(image).error?.issues[0]?.message).toMatch(reason);
});

test("an engine is told the digest alone: its own, else that of the pins; nothing without", () => {
  expect(pinnedImage("ghcr.io/a/b:1", { "ghcr.io/a/b:1": digest })).toBe(`ghcr.io/a/b@${digest}`);
  expect(pinnedImage(`ghcr.io/a/b:1@${digest}`, {})).toBe(`ghcr.io/a/b@${digest}`);
  expect(pinnedImage("ghcr.io/a/b:2", { "ghcr.io/a/b:1": digest })).toBeUndefined();
});
