// What is used of @pulumi/aws, file by file: an import of the whole package makes Node load each of its thousands of
// resources.
export { Eip } from "@pulumi/aws/ec2/eip.js";
export { EipAssociation } from "@pulumi/aws/ec2/eipAssociation.js";
export { Instance } from "@pulumi/aws/ec2/instance.js";
export { InstanceState } from "@pulumi/aws/ec2transitgateway/instanceState.js";
export { KeyPair } from "@pulumi/aws/ec2/keyPair.js";
export { Provider } from "@pulumi/aws/provider.js";
export { SecurityGroup, type SecurityGroupArgs } from "@pulumi/aws/ec2/securityGroup.js";
