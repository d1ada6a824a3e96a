import type { FleetTemplate } from "../../src/model/host-template.ts";

/** A new region is a spoke like the others. */
const template: FleetTemplate = ({ kind, name, region, mesh, type }) => {
  if (kind !== "aws") return undefined;
  const written = Object.entries({ name, region, mesh, type })
    .flatMap(([field, value]) => (value === undefined ? [] : [`${field}: ${JSON.stringify(value)}`]))
    .join(", ");
  return `import { spoke } from "../../stacks/vault1984/spoke.ts";\n\nexport default spoke({ ${written} });\n`;
};
export default template;
