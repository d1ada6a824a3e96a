import { doctor as diagnose } from "../doctor.ts";

export async function doctor(options: { json?: boolean }): Promise<void> {
  process.exitCode = await diagnose(options);
}
