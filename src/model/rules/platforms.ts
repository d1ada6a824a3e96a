import { filesOf, type Finding, type Rule } from "./view.ts";

/** A service runs only on the systems and processors that it is made for. */
export const platforms: Rule = ({ placed }) =>
  placed.flatMap(({ host, service, label, file }) => {
    const wrong = (field: "os" | "arch", fits: readonly string[] | undefined): Finding[] =>
      !fits || fits.includes(host[field]) ? [] : [{
        rule: "platform",
        files: filesOf(file, `services/${service.kind}`),
        message: `${label} can't run on ${host.name}: its ${field} is ${host[field]}, the service needs ${fits.join(" or ")}`,
        remedy: `move the service to another host, correct ${field} in ${file}, or extend runsOn in services/${service.kind}`,
      }];
    return [...wrong("os", service.runsOn.os), ...wrong("arch", service.runsOn.arch)];
  });

/** A render that fails would only be noticed in the middle of a deployment. */
export const renders: Rule = ({ placed }) =>
  placed.filter((p) => p.failure !== undefined).map((p) => ({
    rule: "render",
    files: filesOf(p.file, `services/${p.service.kind}`),
    message: `${p.label} cannot be rendered: ${p.failure instanceof Error ? p.failure.message : String(p.failure)}`,
    remedy: `correct its arguments in ${p.file}, or the render in services/${p.service.kind}`,
  }));
