import { doctor as diagnose } from "../../setup/doctor.ts";

export async function doctor(options: { json?: boolean }): Promise<void> {
  process.exitCode = await diagnose(options);
}
