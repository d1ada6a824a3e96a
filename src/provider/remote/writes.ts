import { FAILED } from "./failed.ts";
import { KEEP } from "./keep.ts";
import { OWN } from "./own.ts";
import { STAGE } from "./stage.ts";
import { WALK } from "./walk.ts";
import { WAYS } from "./ways.ts";

/**
 * How root changes paths on a host, in POSIX sh: stage, stage_fetch, place, unstage, attributes, folder, keep, restore,
 * drop and drop_folder, each said at its place. Nothing is written, owned or removed through a link that someone else
 * than root may have made. Where folders are root's alone many paths cost few processes.
 *
 * The caller sets $staged (a file that notes what was begun, one for each transaction), $old (a folder for copies) and
 * $fleet (the folder of what is remembered), all of root's own. What fails prints why and what helps, and returns
 * non-zero; unstage is for after that, and after a signal.
 */
export const WRITES = [WALK, FAILED, WAYS, STAGE, OWN, KEEP].join("\n");
