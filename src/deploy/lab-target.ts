import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EngineTarget } from "../engine/run.ts";
import { labEnvironment } from "../lab/status.ts";
import { secretVariable } from "../model/secret-variable.ts";
import { fleetDir } from "../setup/paths.ts";
import { withTools } from "./tools.ts";

/** How the engine works on a lab that runs and has been worked on before; nothing when it does not. */
export async function runningLab(stack: string): Promise<EngineTarget | undefined> {
  try {
    return await labTarget(
      stack,
      secretVariables(
        JSON.parse(await readFile(join(labFolder(stack), "secrets.json"), "utf8")) as Record<string, string>,
      ),
    );
  } catch {
    return undefined;
  }
}

export const labFolder = (stack: string): string => join(fleetDir, "lab", stack);

/** The state is written at every step; a second file with its checksum each time serves nobody here. */
export const stateUrl = (stack: string): string => `file://${join(labFolder(stack), "state")}?metadata=skip`;

/** How the engine works on a lab that runs. @throws Error when it does not */
export async function labTarget(stack: string, secrets: Record<string, string>): Promise<EngineTarget> {
  const folder = labFolder(stack);
  const env = {
    ...withTools(process.env),
    PULUMI_BACKEND_URL: stateUrl(stack),
    PULUMI_HOME: await engineHome(),
    FLEET_STAND_INS: "true",
    FLEET_OPERATOR_KEYS: await readFile(join(folder, "id_ed25519.pub"), "utf8"),
    ...(await labEnvironment(stack)),
    ...secrets,
  };
  return { stack, cwd: folder, env };
}

/**
 * The engine's own folder. It writes a debug log of every run into `logs` there, which costs a third of its time and is
 * encrypted only from where the passphrase is known: a file of that name stands in its way.
 */
async function engineHome(): Promise<string> {
  const folder = join(fleetDir, "engine");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "logs"), "");
  return folder;
}

/** Values by name, as the variables that the program reads. */
export const secretVariables = (known: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(known).map(([name, value]) => [name.startsWith("PULUMI_") ? name : secretVariable(name), value]),
  );
