import * as pulumi from "@pulumi/pulumi";
import { checkSecret, type SecretSpec } from "../model/secret.ts";
import { secretVariable } from "../model/secret-variable.ts";
import { isActive } from "../model/status.ts";

/**
 * The values of a fleet's secrets, from the environment or the stack's encrypted configuration.
 *
 * @throws Error naming every secret that is missing or malformed, before anything is touched
 */
export function readSecrets(specs: readonly SecretSpec[]): (name: string) => pulumi.Output<string> {
  const values = new Map<string, pulumi.Output<string>>();
  const problems: string[] = [];
  for (const spec of specs.filter(isActive)) {
    const value = process.env[secretVariable(spec.name)] ?? pulumi.runtime.getConfig(`fleet:${spec.name}`);
    if (value === undefined)
      problems.push(
        `${spec.name} is missing: \`pulumi config set --secret ${spec.name}\`, ` +
          `or give ${secretVariable(spec.name)}. To make one: ${spec.make}`,
      );
    else if (checkSecret(spec, value)) problems.push(checkSecret(spec, value)!);
    else values.set(spec.name, pulumi.secret(value));
  }
  if (problems.length > 0)
    throw new Error(`secrets are not in order, so nothing was touched:\n${problems.map((p) => `  ${p}`).join("\n")}`);
  return (name) => values.get(name)!;
}
