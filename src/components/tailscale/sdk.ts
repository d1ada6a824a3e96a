// What is used of @pulumi/tailscale, file by file: an import of the whole package makes Node load all of its resources.
export { Acl } from "@pulumi/tailscale/acl.js";
export { TailnetKey } from "@pulumi/tailscale/tailnetKey.js";
