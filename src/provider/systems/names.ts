import { LOOK_PATIENCE } from "../remote/lock.ts";

/** Which apply it is, and how long it waits. */
export interface ApplyNames {
  /** Unique; begins with the name of the run that the apply belongs to. */
  token: string;
  /** How long a change that can cut the line stays without being confirmed over a new connection, in seconds. */
  confirmSeconds: number;
}

/** Where an apply keeps what it needs: old files, logs, and `armed` while its rollback waits. It outlives a reboot. */
export const workFolder = (token: string): string => `"$fleet/apply.${token}"`;

/** The unit that undoes an apply that is not confirmed. */
export const rollbackUnit = (token: string): string => `fleet-rollback-${token}.service`;

/** The unit that undoes it when the host is started anew before that. */
export const bootUnit = (token: string): string => `fleet-rollback-at-boot-${token}.service`;

/**
 * Lets a look at the host wait for changes of other runs that are not confirmed yet: they may still be undone. The
 * caller holds the lock, shared, as file descriptor 9.
 */
export const settledPart = (run: string): string =>
  `
for armed in "$fleet"/apply.*/armed; do
  case $armed in "$fleet/apply.${run}"*) continue ;; esac
  token=\${armed%/armed} token=\${token##*/apply.}
  while [ -e "$armed" ] && systemctl -q is-active "${rollbackUnit("$token")}"; do
    flock -u 9; sleep 1; flock -s -w ${LOOK_PATIENCE} 9 || busy
  done
done`.trim();
