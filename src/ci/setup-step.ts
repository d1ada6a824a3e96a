import { ensureSetup } from "../deploy/ensure-setup.ts";

/** The launcher has installed them before this runs. */
export const modules = async (): Promise<void> => console.log("modules: as package-lock.json has them");

/** Brings the programs that work on a stack, so that no step that has its secrets needs to. */
export async function toolchain(): Promise<void> {
  await ensureSetup({ lab: false, announce: true });
}
