import { holderOf, lockedMessage, locksInFolder } from "../../engine/lock.ts";
import { labLoad } from "../../lab/lifecycle.ts";
import { labSave } from "../../lab/snapshots/save.ts";
import { listSnapshots, removeSnapshot, type Snapshot } from "../../lab/snapshots/snapshot.ts";
import { ensureSetup } from "../../deploy/ensure-setup.ts";
import { stateUrl } from "../../deploy/lab-target.ts";
import { madeFrom } from "../../load/made-from.ts";
import { CliError, elapsed, out, outStyle, say } from "../../terminal/output.ts";

export async function save(stack: string, name: string, options: { replace?: boolean }): Promise<void> {
  const start = performance.now();
  await refuseAtWork(stack);
  const replace = options.replace ?? false;
  const snapshot = await labSave(stack, name, { madeFrom: await madeFrom(stack), replace });
  say(
    `saved the lab of ${stack} as ${name}: ` +
      `${snapshot.machines.length} machines, ${size(snapshot)} (${elapsed(start)}); ` +
      `\`npx fleet lab load ${stack} ${name}\` goes back to it`,
  );
}

export async function load(stack: string, name: string): Promise<void> {
  const start = performance.now();
  await refuseAtWork(stack);
  await ensureSetup({ lab: true });
  const snapshot = await labLoad(stack, name);
  say(`the lab of ${stack} is where it was at ${shown(snapshot.at)} (${elapsed(start)})`);
  if (snapshot.madeFrom !== (await madeFrom(stack)))
    say(`files have changed since: \`npx fleet preview ${stack} --lab\` shows what \`up\` would change`);
}

export async function snapshots(stack: string, options: { remove?: string; json?: boolean }): Promise<void> {
  if (options.remove !== undefined) {
    await removeSnapshot(stack, options.remove);
    return say(`the snapshot ${options.remove} of ${stack} is gone`);
  }
  const found = await listSnapshots(stack);
  const now = await madeFrom(stack);
  const rows = found.map((each) => ({ ...each, current: each.madeFrom === now }));
  if (options.json) return out(JSON.stringify(rows));
  for (const each of rows)
    out(
      `${outStyle("bold", each.name)}  ${shown(each.at)}  ${size(each)}  ${each.machines.length} machines` +
        (each.current ? "" : "  made from other files"),
    );
  if (rows.length === 0) say(`${stack} has no snapshots: \`npx fleet lab save ${stack} <name>\` makes one`);
}

/** A lab is whole only while no engine is in the middle of something. */
async function refuseAtWork(stack: string): Promise<void> {
  const locks = (await locksInFolder(stateUrl(stack), stack)) ?? [];
  const held = locks.filter((lock) => holderOf(lock) !== "ended");
  if (held.length > 0) throw new CliError(lockedMessage(stack, held, `npx fleet unlock ${stack} --lab`));
}

const size = ({ bytes }: Snapshot): string => `${Math.ceil(bytes / 1_000_000)} MB`;
const shown = (at: string): string => `${at.slice(0, 19).replace("T", " ")} UTC`;
