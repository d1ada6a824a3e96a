import { audit as auditAll, auditHost, hostsOf, type AuditInput, type LookedAt } from "../../audit/audit.ts";
import { readState } from "../../engine/read-state.ts";
import type { StateResource } from "../../engine/state.ts";
import { addressesInState, addressOf } from "../../clouds/addresses.ts";
import { auditExitCode, auditReport } from "../../report/audit.ts";
import { auditText } from "../../report/audit-text.ts";
import { OpenSsh } from "../../transport/openssh.ts";
import { Pool } from "../../transport/pool.ts";
import type { Connection } from "../../transport/types.ts";
import { connectionsIn } from "../../deploy/connections-in-state.ts";
import { CliError, out, outStyle, say } from "../../terminal/output.ts";
import { connectionOf } from "../ssh-arguments.ts";
import { readConfig, withProviderConfig } from "../../deploy/stack-config.ts";
import { openStack, type OpenStack } from "../../deploy/stack.ts";

export interface AuditCommandOptions {
  lab?: boolean;
  format: "text" | "json";
  only?: string;
  import?: string;
}

/** Lists what exists and nobody declared. Changes nothing. */
export async function audit(name: string, options: AuditCommandOptions): Promise<void> {
  const stack = await openStack(name, options);
  const input = await inputOf(stack);
  if (options.only !== undefined && !hostsOf(input).includes(options.only))
    throw new CliError(
      `${name} has no host ${JSON.stringify(options.only)} that is deployed: it has ${hostsOf(input).join(", ")}`,
    );
  say(`looking at ${options.only ?? name}`);
  const report = auditReport(name, await look(input, options.only));
  if (options.import !== undefined) {
    const { writeImport } = await import("../../audit/import/write.ts");
    for (const path of await writeImport(options.import, report, input.state)) say(`wrote ${path}`);
  }
  out(options.format === "json" ? JSON.stringify(report) : auditText(report, outStyle));
  process.exitCode = auditExitCode(report);
}

async function inputOf(stack: OpenStack): Promise<AuditInput> {
  const [state, config] = await Promise.all([readState(stack.target), readConfig(stack)]);
  const env = withProviderConfig(stack, config);
  const connections = connectionsIn(state);
  return {
    fleet: stack.fleet,
    files: stack.files,
    state,
    env,
    standIns: stack.lab,
    operatorKeys: env.FLEET_OPERATOR_KEYS ?? config("fleet:operatorKeys") ?? "",
    connectionTo: (name) => connections.get(name) ?? declaredConnection(stack, name, state),
  };
}

/**
 * How a host is reached that no service runs on. One that is only left in the stack is known to the user's own
 * ssh_config at best.
 */
function declaredConnection({ fleet }: OpenStack, name: string, state: readonly StateResource[]): Connection {
  const host = fleet.hosts.find((each) => each.name === name);
  if (!host) return {};
  const declared = connectionOf(host);
  return { ...declared, address: declared.address ?? addressOf(fleet, addressesInState(state), name) };
}

async function look(input: AuditInput, only: string | undefined): Promise<LookedAt[]> {
  const pool = new Pool(new OpenSsh({ include: input.env.FLEET_SSH_CONFIG }));
  try {
    return only === undefined ? await auditAll(input, pool) : [await auditHost(input, pool, only)];
  } finally {
    await pool.close();
  }
}
