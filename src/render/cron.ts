import { oneLine, RenderError } from "./one-line.ts";

/** A job of /etc/cron.d. */
export interface CronJob {
  /** Five fields, checked by the model. */
  schedule: string;
  user: string;
  /** A shell command; % stays %. */
  command: string;
}

/**
 * One line of a file in /etc/cron.d (crontab(5)). A % would end the command there and become its input: it is escaped.
 * @throws RenderError when the job would not stay one line with its own user.
 */
export function cronLine({ schedule, user, command }: CronJob): string {
  if (!/^[a-z_][a-z0-9_-]*$/.test(user))
    throw new RenderError("cron job", `${JSON.stringify(user)} is not an account's name`);
  return `${oneLine("cron schedule", schedule)} ${user} ${oneLine("cron command", command).replaceAll("%", "\\%")}`;
}

/** The command as it was before cronLine() wrote it. @returns undefined when a bare % ends it and begins its input. */
export const plainCronCommand = (written: string): string | undefined =>
  /(?<!\\)(?:\\\\)*%/.test(written) ? undefined : written.replaceAll("\\%", "%");
