// What is used of @pulumi/aws besides what the kinds become, file by file: an import of the whole package makes Node load
// each of its thousands of resources.
export { EipAssociation } from "@pulumi/aws/ec2/eipAssociation.js";
export { InstanceState } from "@pulumi/aws/ec2transitgateway/instanceState.js";
export { Provider } from "@pulumi/aws/provider.js";
export type { Eip } from "@pulumi/aws/ec2/eip.js";
export type { Instance } from "@pulumi/aws/ec2/instance.js";
