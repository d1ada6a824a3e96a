import type { Said } from "./question.ts";
import { FOLDER } from "./journal.ts";

/**
 * A host is looked at by many at once, and changed by one. The lock lies in a folder of root's own, so that nobody else
 * can hold it; whoever does not get it touches nothing, and takes nothing for a fact.
 */

/** How long a look waits for a change to end, in seconds. */
export const LOOK_PATIENCE = 120;
/** How long a change waits for the one before it. */
export const CHANGE_PATIENCE = 300;

/** Where the folder is, for the functions of a script. */
export const folderLine = (folder = FOLDER): string => `fleet=${folder}`;

/** Says who holds the lock, and ends the script with nothing done. */
export const LOCK_LIBRARY = `busy() { echo "#fleet:busy $(cat "$fleet/holder" 2>/dev/null)"; echo "#fleet:end"; exit 0; }`;

/** A host that has never been changed has no lock, and none is made by looking at it. */
export const LOOK_LOCK = `
${LOCK_LIBRARY}
was_locked=no
if [ -e "$fleet/lock" ]; then was_locked=yes; exec 9<"$fleet/lock"; flock -s -w ${LOOK_PATIENCE} 9 || busy; fi`.trim();

/** A change that began with the host's first lock while it was looked at: what was seen is half of it. */
export const LOOK_UNLOCK = `[ $was_locked = yes ] || [ ! -e "$fleet/lock" ] || busy
exec 9<&-`;

/** @param token the name of the change */
export const changeLock = (token: string): string =>
  `
${LOCK_LIBRARY}
started=$(date +%s)
own() { [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ]; }
mkdir -p -m 0700 "$fleet"
own "$fleet" || { echo "$fleet is not a folder of root's: move it away" >&2; exit 1; }
exec 9>>"$fleet/lock"
flock -w ${CHANGE_PATIENCE} 9 || busy
echo "$started ${token}" >"$fleet/holder"`.trim();

/** Why nothing was done or seen; undefined when the lock was got. */
export function busyReason(said: Said): string | undefined {
  const busy = said.get("busy")?.[0];
  if (!busy) return undefined;
  const since = Number(busy.args[0]);
  const when = since > 0 ? ` since ${new Date(since * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC` : "";
  return `another change is under way there${when}`;
}
