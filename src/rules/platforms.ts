import type { Bundle } from "../model/bundle.ts";
import { isSecret, deepRefs } from "../model/text.ts";
import { filesOf, type Finding } from "../model/view.ts";
import type { Rule } from "./view.ts";

/** A service runs only on the systems and processors that it is made for. */
export const platforms: Rule = ({ placed }) =>
  placed.flatMap(({ host, service, label, file }) => {
    const wrong = (field: "os" | "arch", fits: readonly string[] | undefined): Finding[] =>
      !fits || fits.includes(host[field])
        ? []
        : [
            {
              rule: "platform",
              files: filesOf(file, `services/${service.kind}`),
              message:
                `${label} can't run on ${host.name}: its ${field} is ${host[field]}, ` +
                `the service needs ${fits.join(" or ")}`,
              remedy:
                `move the service to another host, correct ${field} in ${file}, or extend runsOn in ` +
                `services/${service.kind}`,
            },
          ];
    return [...wrong("os", service.runsOn.os), ...wrong("arch", service.runsOn.arch)];
  });

/**
 * NixOS is configured by options, and by nothing that only other systems have; what it builds can be read by everyone
 * on the host.
 */
export const nixos: Rule = ({ placed }) =>
  placed.flatMap(({ host, service, label, file, bundle }) => {
    if (!bundle) return [];
    const finding = (message: string, remedy: string): Finding => ({
      rule: "nixos",
      files: filesOf(file, `services/${service.kind}`),
      message: `${label} ${message}`,
      remedy,
    });
    if (host.os !== "nixos") {
      return Object.keys(bundle.options)
        .slice(0, 1)
        .map((path) =>
          finding(
            `sets the NixOS option ${path}, but ${host.name} runs ${host.os}`,
            `have services/${service.kind} set options on hosts with NixOS alone, or correct os in ${file}`,
          ),
        );
    }
    return [
      ...Object.keys(bundle.cron).map((name) =>
        finding(
          `has the cron entry ${name}, but NixOS has no /etc/cron.d`,
          `make it a timer in services/${service.kind}`,
        ),
      ),
      ...publishedSecrets(bundle).map((place) =>
        finding(
          `puts a secret into ${place}, which everyone on a host with NixOS can read`,
          `keep it in a file that ${place} names, such as an EnvironmentFile`,
        ),
      ),
    ];
  });

/** The units and options of a bundle with a secret in them. */
const publishedSecrets = ({ units, options }: Bundle): string[] =>
  [
    ...Object.entries(units).map(([name, { text, dropIns }]) => [`the unit ${name}`, [text, dropIns]] as const),
    ...Object.entries(options).map(([path, value]) => [`the option ${path}`, value] as const),
  ]
    .filter(([, value]) => deepRefs(value).some((ref) => isSecret({ parts: [ref] })))
    .map(([place]) => place);

/** A render that fails would only be noticed in the middle of a deployment. */
export const renders: Rule = ({ placed }) =>
  placed
    .filter((p) => p.failure !== undefined)
    .map((p) => ({
      rule: "render",
      files: filesOf(p.file, `services/${p.service.kind}`),
      message: `${p.label} cannot be rendered: ${p.failure instanceof Error ? p.failure.message : String(p.failure)}`,
      remedy: `correct its arguments in ${p.file}, or the render in services/${p.service.kind}`,
    }));
