import type { Fleet } from "../../src/model/fleet.ts";
import { describeFormat } from "../../src/model/secret.ts";

const COMPARED = "compares it with what the stack has, showing no value. Set one with";

/** secrets.example/<fleet>.md: what each secret is, and never a value. `npx vitest -u` writes it again. */
export const secretsExample = (fleet: Fleet): string => `# Secrets of ${fleet.name}

Written from stacks/${fleet.name}/secrets.ts. \`fleet secrets check ${fleet.name}\` ${COMPARED}
\`pulumi config set --secret NAME\`, or give it in the environment as FLEET_SECRET_NAME.

| name | format | used by | how to make or get one | needed |
|---|---|---|---|---|
${fleet.secrets.map(row).join("")}`;

const row = ({ name, format, usedBy, make, status }: Fleet["secrets"][number]): string =>
  `| ${name} | ${describeFormat(format)} | ${usedBy.join("; ")} | ${make} | ` +
  `${status === "planned" ? "not yet: what uses it is planned" : "yes"} |\n`;
