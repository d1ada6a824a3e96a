// Stands before the SDK's own entry point, which the language host starts for a program. A host from before options.typescript of Pulumi.yaml
// reached it asks for ts-node; Node runs TypeScript itself, and without loading that compiler the program starts in half the time.
process.env.PULUMI_NODEJS_TYPESCRIPT = "false";
await import("@pulumi/pulumi/cmd/run/index.js");
