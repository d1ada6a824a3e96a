import { NOTHING, type Shape } from "../aspects/shape.ts";

/**
 * What is looked for of a service that nothing is known of but its name: a package, a unit and a cron entry of that
 * name.
 */
export const importedShape = (service: string): Shape => ({
  ...NOTHING,
  packages: /^[a-z0-9][a-z0-9+.-]*$/.test(service) ? [service] : [],
  units: { [`${service}.service`]: { text: "", dropIns: {}, enabled: true, active: true, onChange: "restart" } },
  cron: { [service]: "" },
});
