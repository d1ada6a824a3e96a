import { machineWords, placeWords } from "../../graph/host-words.ts";
import { showSum, sumOf } from "../../model/cost.ts";
import { showPort } from "../../model/port.ts";
import { typeOf } from "../../engine/events.ts";
import { isActive } from "../../model/status.ts";
import { html, type Html } from "../html.ts";
import { count } from "../visible.ts";
import { resourceWord } from "../words.ts";
import type { HostOnPage, PageModel, ServiceOnPage } from "./model.ts";
import { anchor, badge, code, codes, differences, table } from "./parts.ts";

/** Every machine with its services; those with something to tell are open. */
export const hostsSection = ({ hosts }: PageModel): Html => html`<section id="hosts" aria-labelledby="hosts-title">
<h2 id="hosts-title">Hosts</h2>
${hosts.map(hostCard)}</section>`;

function hostCard(page: HostOnPage): Html {
  const { host, services, others, answer } = page;
  const isOpen = answer === "drifted" || answer === "unknown";
  const rows = [...services.map(serviceRow), ...others.map((row) => partRow(row, `${resourceWord(typeOf(row.urn))} ${row.name === host.name ? "" : row.name}`.trim()))];
  return html`<details class="host ${answer}" id="${anchor("host", host.name)}"${isOpen ? html` open=""` : undefined}>
<summary><h3>${host.name}</h3> <span class="what">${[machineWords(host), placeWords(host)].filter(Boolean).join(", ")}</span> <span class="health">${healthWords(page)}</span> ${badge(answer)}</summary>
${factsOf(page)}
${table(`Services of ${host.name}`, ["Service", "Ports", "Health", "State"], rows, "services")}
</details>
`;
}

/** "9 services, 1 of them not well". */
function healthWords({ services }: HostOnPage): string {
  const ill = services.filter(({ health }) => health.tone === "ill").length;
  const active = services.filter(({ placed }) => placed.active).length;
  return `${count(active, "service")}${ill > 0 ? `, ${ill} of them not well` : ""}`;
}

function factsOf({ host, file }: HostOnPage): Html {
  const facts: [string, string | Html][] = [
    ["Roles", host.roles.join(", ")],
    ["System", `${host.os}, ${host.arch}, ${host.timeZone}`],
    ["Address", [host.ipv4, host.ipv6].filter(Boolean).join(", ") || (isActive(host) && host.kind !== "static" ? "given by the cloud" : "")],
    ["Private", host.private ?? ""],
    ["Mesh", host.mesh ?? ""],
    ["Reached through", host.jump ?? ""],
    ["Open to the world", host.publicPorts.map(showPort).join(", ")],
    ["Cost", host.monthlyCost ? showSum(sumOf([host.monthlyCost])) : ""],
    ["Note", host.note ?? ""],
    ["File", code(file)],
  ];
  return html`<dl class="facts">${facts.filter(([, value]) => value !== "").map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function serviceRow(service: ServiceOnPage): Html {
  const { placed, health, secrets, answer } = service;
  const { name, ports, dependsOn } = placed.service;
  const remarks = [dependsOn.length > 0 ? html`after ${codes(dependsOn)}` : undefined, secrets.length > 0 ? html`given ${codes(secrets)}` : undefined].filter((remark) => remark !== undefined);
  const shown = ports.map((port) => html`<li>${showPort(port)}${port.exposure === "public" ? "" : ` ${port.exposure}`}</li>`);
  return withDifferences(differences(service), html`<tr><th scope="row">${name}${remarks.map((remark) => html`<span class="remark">${remark}</span>`)}</th><td>${
    shown.length === 0 ? html`<span class="none">none</span>` : html`<ul class="plain">${shown}</ul>`}</td><td class="${health.tone}">${health.words}</td><td>${badge(answer)}</td></tr>\n`);
}

/** Something else that was looked at, such as a server or a key. */
const partRow = (row: HostOnPage["others"][number], name: string): Html =>
  withDifferences(differences({ answer: row.status, row, ...(row.reason !== undefined && { reason: row.reason }) }), html`<tr><th scope="row">${name}</th><td></td><td></td><td>${badge(row.status)}</td></tr>\n`);

const withDifferences = (found: Html | undefined, row: Html): Html => (found === undefined ? row : html`${row}<tr class="more"><td colspan="4">${found}</td></tr>\n`);
