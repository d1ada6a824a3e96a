// What is used of @pulumi/hcloud, file by file: an import of the whole package makes Node load each of its resources.
export { Firewall } from "@pulumi/hcloud/firewall.js";
export { Server } from "@pulumi/hcloud/server.js";
export type * as types from "@pulumi/hcloud/types/index.js";
