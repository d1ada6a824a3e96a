import packageJson from "../../package.json" with { type: "json" };
import { parseVersion, type Version } from "./version.ts";

/** The CLI has the version of the SDK, and the plugin that of its resource classes: package.json pins both. */
const { "@pulumi/pulumi": pulumi, "@pulumi/hcloud": hcloud } = packageJson.dependencies;

export const PULUMI_VERSION: string = pulumi;
export const HCLOUD_VERSION: string = hcloud;

export const wantedPulumi: Version = parseVersion(PULUMI_VERSION)!;
