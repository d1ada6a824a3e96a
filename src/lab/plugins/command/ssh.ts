import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { Properties, Value } from "../../../plugin/types.ts";
import { bare, isObject } from "../schema.ts";

export interface Ssh {
  program: string;
  /** Up to and with the host; the remote command follows. */
  args: string[];
  host: string;
}

/**
 * Calls `use` with the system's ssh for a connection (properties as in the provider's schema). Keys lie in a private
 * folder for as long as it runs. Without a hostKey the user's known hosts decide: a machine that nobody knows is
 * refused.
 */
export async function withSsh<T>(connection: Value | undefined, use: (ssh: Ssh) => Promise<T>): Promise<T> {
  const target = bare(connection);
  if (!isObject(target) || typeof target.host !== "string") throw new Error("connection.host is missing");
  const unsupported = ["password", "privateKeyPassword"].find((name) => target[name] !== undefined);
  if (unsupported !== undefined)
    throw new Error(
      `connection.${unsupported} is not supported by the lab's command plugin: use privateKey without a password, ` +
        "or agentSocketPath",
    );
  const folder = mkdtempSync(join(tmpdir(), "command-ssh-"));
  try {
    const proxy = isObject(target.proxy) ? target.proxy : undefined;
    const blocks = [
      block(folder, "target", target, proxy === undefined ? [] : ["ProxyJump proxy"]),
      ...(proxy === undefined ? [] : [block(folder, "proxy", proxy, [])]),
    ];
    const config = join(folder, "config");
    // Values for a host come from the first place that has them: the connection's own go first.
    writeFileSync(
      config,
      [...blocks, `Match all\n  Include ${process.env.FLEET_SSH_CONFIG ?? join(homedir(), ".ssh", "config")}\n`].join(
        "\n",
      ),
      { mode: 0o600 },
    );
    return await use({ program: "ssh", args: ["-F", config, "-T", "target"], host: target.host });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function block(folder: string, name: string, target: Properties, extra: string[]): string {
  const lines = [
    `HostName ${String(target.host)}`,
    `Port ${Number(target.port ?? 22)}`,
    `User ${String(target.user ?? "root")}`,
    "BatchMode yes",
    "StrictHostKeyChecking yes",
    `ConnectTimeout ${Number(target.perDialTimeout ?? 15)}`,
    `ConnectionAttempts ${Math.max(1, Number(target.dialErrorLimit ?? 10))}`,
    ...extra,
  ];
  if (typeof target.privateKey === "string") {
    const file = join(folder, `${name}.key`);
    writeFileSync(file, target.privateKey.endsWith("\n") ? target.privateKey : `${target.privateKey}\n`, {
      mode: 0o600,
    });
    lines.push(`IdentityFile ${file}`, "IdentitiesOnly yes");
  }
  if (typeof target.agentSocketPath === "string") lines.push(`IdentityAgent ${target.agentSocketPath}`);
  if (typeof target.hostKey === "string") {
    const file = join(folder, `${name}.known_hosts`);
    writeFileSync(file, `${name} ${target.hostKey}\n`, { mode: 0o600 });
    lines.push(`HostKeyAlias ${name}`, `UserKnownHostsFile ${file}`, "GlobalKnownHostsFile /dev/null");
  }
  return [`Host ${name}`, ...lines.map((line) => `  ${line}`), ""].join("\n");
}
