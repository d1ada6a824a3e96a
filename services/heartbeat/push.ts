import type { BundleInput } from "../../src/model/bundle.ts";
import { text, token } from "../../src/model/text.ts";
import { secretPath } from "../secrets-dir/index.ts";

/** The token that a node pushes with and that its monitor in Uptime Kuma knows. */
export const pushToken = (node: string) => token(`kuma-${node}`);

/** Where a node keeps its push URL, which holds the token: readable by root alone, a credential of whoever pushes. */
export const PUSH = secretPath("heartbeat.push");

/** @param before and @param after stand around the URL in the file */
export const pushFile = (kuma: string, node: string, before = "", after = ""): BundleInput["files"] => ({
  [PUSH]: { content: text`${before}https://${kuma}/api/push/${pushToken(node)}${after}\n`, mode: "0600" },
});
