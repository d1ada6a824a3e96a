import { checkSecret, describeFormat, type SecretSpec } from "../../model/secret.ts";
import { isActive } from "../../model/status.ts";
import { out, outStyle } from "../../terminal/output.ts";
import { readConfig, secretValue } from "../../deploy/stack-config.ts";
import { openStack } from "../../deploy/stack.ts";

interface Row {
  name: string;
  status: "ok" | "missing" | "malformed" | "planned";
  format: string;
  usedBy: string[];
  problem?: string;
}

/**
 * Compares what the fleet declares with what the stack has; values are looked at, never shown. Exits 1 when one is
 * missing or malformed.
 */
export async function checkSecrets(name: string, options: { lab?: boolean; json?: boolean }): Promise<void> {
  const stack = await openStack(name, options);
  const config = await readConfig(stack);
  const rows = stack.fleet.secrets.map((spec) => rowOf(spec, secretValue(stack, config, spec.name)));
  if (options.json) out(JSON.stringify({ stack: name, secrets: rows }));
  else
    for (const row of rows)
      out(
        `${outStyle(row.status === "ok" ? "green" : row.status === "planned" ? "dim" : "red", row.status.padEnd(9))} ` +
          `${row.name}  ${row.problem ?? row.format}`,
      );
  if (rows.some((row) => row.status === "missing" || row.status === "malformed")) process.exitCode = 1;
}

function rowOf(spec: SecretSpec, value: string | undefined): Row {
  const row = { name: spec.name, format: describeFormat(spec.format), usedBy: spec.usedBy };
  if (!isActive(spec)) return { ...row, status: "planned" };
  if (value === undefined)
    return { ...row, status: "missing", problem: `used by ${spec.usedBy.join(", ")}. To make one: ${spec.make}` };
  const problem = checkSecret(spec, value);
  return problem ? { ...row, status: "malformed", problem } : { ...row, status: "ok" };
}
