import { auditPackages, describeAudit } from "../suite/audit-packages.ts";
import { root } from "../setup/paths.ts";

/** Tells what is known against the packages by now. @throws Error with it when it is grave. */
export async function packages(_env: NodeJS.ProcessEnv, ask: typeof auditPackages = auditPackages): Promise<void> {
  const audit = await ask(root);
  if (audit.answer === "findings") throw new Error(describeAudit(audit));
  console.log(describeAudit(audit));
}
