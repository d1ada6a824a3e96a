import { machineWords, placeWords } from "../../graph/host-words.ts";
import { showSum, sumOf } from "../../model/cost.ts";
import { hostCost } from "../../model/host-cost.ts";
import { showPort } from "../../model/port.ts";
import { typeOf } from "../../engine/events.ts";
import { isActive } from "../../model/status.ts";
import { html, type Html } from "../../markup/html.ts";
import { count } from "../../markup/visible.ts";
import { resourceWord } from "../words.ts";
import type { HostOnPage, PageModel, ServiceOnPage } from "./model.ts";
import { knownOf } from "./answers.ts";
import { anchor, badge, code, codes, differences, type Row, table } from "./parts.ts";

/** Every machine with its services; those with something to tell are open. */
export const hostsSection = ({ hosts }: PageModel): Html => html`<section id="hosts" aria-labelledby="hosts-title">
<h2 id="hosts-title">Hosts</h2>
${hosts.map(hostCard)}</section>`;

function hostCard(page: HostOnPage): Html {
  const { host, services, others, answer } = page;
  const isOpen = answer === "drifted" || answer === "unknown";
  const reason = commonReason(page);
  const rows = [
    ...services.map((service) => serviceRow(service, reason)),
    ...others.map((row) =>
      partRow(row, `${resourceWord(typeOf(row.urn))} ${row.name === host.name ? "" : row.name}`.trim()),
    ),
  ];
  const what = [machineWords(host), placeWords(host)].filter(Boolean).join(", ");
  const health = html`<span class="health">${healthWords(page)}</span>`;
  const list = table(`Services of ${host.name}`, ["Service", "Ports", "Health", "State"], rows, "services");
  return html`<details class="host ${answer}" id="${anchor("host", host.name)}"${isOpen ? html` open=""` : undefined}>
<summary><h3>${host.name}</h3> <span class="what">${what}</span> ${health} ${badge(answer)}</summary>
${factsOf(page)}
${reason && html`<p class="reason">${reason}</p>\n`}${list}
</details>
`;
}

/** A host that does not answer is told once, and not for each of its services. */
function commonReason({ services }: HostOnPage): string | undefined {
  const reasons = services.flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
  return reasons.length > 1 && new Set(reasons).size === 1 ? reasons[0] : undefined;
}

/** "9 services, 1 of them not well". */
function healthWords({ host, services }: HostOnPage): string {
  const ill = services.filter(({ health }) => health.tone === "ill").length;
  const shown = isActive(host) ? services.filter(({ placed }) => placed.active) : services;
  return `${count(shown.length, "service")}${ill > 0 ? `, ${ill} of them not well` : ""}`;
}

function factsOf({ host, file }: HostOnPage): Html {
  const cost = hostCost(host);
  const facts: [string, string | Html][] = [
    ["Roles", host.roles.join(", ")],
    ["System", `${host.os}, ${host.arch}, ${host.timeZone}`],
    [
      "Address",
      [host.ipv4, host.ipv6].filter(Boolean).join(", ") ||
        (isActive(host) && host.kind !== "static" ? "given by the cloud" : ""),
    ],
    ["Private", host.private ?? ""],
    ["Mesh", host.mesh ?? ""],
    ["Reached through", host.jump ?? ""],
    ["Open to the world", host.publicPorts.map(showPort).join(", ")],
    ["Cost", cost ? showSum(sumOf([cost])) : ""],
    ["Note", host.note ?? ""],
    ["File", code(file)],
  ];
  const known = facts.filter(([, value]) => value !== "");
  return html`<dl class="facts">${known.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}

function serviceRow(service: ServiceOnPage, told: string | undefined): Row {
  const { placed, health, secrets, answer } = service;
  const { name, ports, dependsOn } = placed.service;
  const remarks = [
    dependsOn.length > 0 ? html`after ${codes(dependsOn)}` : undefined,
    secrets.length > 0 ? html`given ${codes(secrets)}` : undefined,
  ].filter((remark) => remark !== undefined);
  const shown = ports.map(
    (port) => html`<li>${showPort(port)}${port.exposure === "public" ? "" : ` ${port.exposure}`}</li>`,
  );
  return {
    cells: [
      html`${name}${remarks.map((remark) => html`<span class="remark">${remark}</span>`)}`,
      shown.length === 0 ? html`<span class="none">none</span>` : html`<ul class="plain">${shown}</ul>`,
      html`<span class="${health.tone}">${health.words}</span>`,
      badge(answer),
    ],
    more: differences(service.reason === told ? { answer, ...(service.row && { row: service.row }) } : service),
  };
}

/** Something else that was looked at, such as a server or a key. */
const partRow = (row: HostOnPage["others"][number], name: string): Row => ({
  cells: [name, "", "", badge(row.status)],
  more: differences(knownOf(row)),
});
