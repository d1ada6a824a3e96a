import { z } from "zod";
import { service } from "../../src/model/service.ts";

const directory = "/root/.secrets";

/** Where a service keeps a secret that only root reads; the service itself depends on "secrets-dir". */
export const secretPath = (file: string): string => `${directory}/${file}`;

/** The one directory for secrets of services. The files in it, all 0600, belong to the services that use them. */
export const secretsDir = service("secrets-dir", {
  args: z.strictObject({}),
  render: () => ({ directories: { [directory]: { mode: "0700" } } }),
});
