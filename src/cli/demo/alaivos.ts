import { labDown } from "../../lab/lifecycle.ts";
import { onHost, patchRecord, type Damage } from "./damage.ts";
import { mainJob } from "./main-job.ts";
import type { Story } from "./story.ts";

const STACK = "alaivos";

/** The five kinds of change that machines and consoles suffer in the real world. */
const DAMAGES: readonly Damage[] = [
  {
    what: "edited nginx's headers on ghost-01",
    resource: "ghost-01/nginx",
    path: 'files["/etc/nginx/conf.d/ghost.alaivos.com-443.conf"].content',
    do: (stack) =>
      onHost(stack, "ghost-01", "sed -i 's/DENY/SAMEORIGIN/' /etc/nginx/conf.d/ghost.alaivos.com-443.conf"),
  },
  {
    what: "stopped sports-cache on ghost-01",
    resource: "ghost-01/sports-cache",
    path: 'units["sports-cache.service"].active',
    do: (stack) => onHost(stack, "ghost-01", "systemctl stop sports-cache.service"),
  },
  {
    what: "deleted the nightly rsync from cron on cx23",
    resource: "cx23/rsync-to-ghost-01",
    path: 'cron["rsync-to-ghost-01"]',
    do: (stack) => onHost(stack, "cx23", "rm /etc/cron.d/rsync-to-ghost-01"),
  },
  {
    what: "switched the proxy off for ghost.alaivos.com at Cloudflare",
    resource: "ghost.alaivos.com A ghost-01",
    path: "proxied",
    do: (stack) => patchRecord(stack, "ghost.alaivos.com", { proxied: false }),
  },
  {
    what: "made the TomTom keys readable for everyone on cx23-b",
    resource: "cx23-b/tomtom-accounts",
    path: 'files["/opt/ghost/data_pipeline/accounts.json"].mode',
    do: (stack) => onHost(stack, "cx23-b", "chmod 0644 /opt/ghost/data_pipeline/accounts.json"),
  },
];

export const alaivos: Story = {
  prepare: () => labDown(STACK, { forget: true }),
  takeDown: () => labDown(STACK, { forget: true }),
  play: async (steps) => {
    await mainJob(STACK, DAMAGES, steps);
  },
  next: (kept) => [
    ...(kept ? KEPT_NEXT : ["npm run demo -- --keep                the same, and the lab stays up to play with"]),
    `npx fleet show ${STACK}                hosts, services, cost, open settings`,
    `$EDITOR hosts/${STACK}/ghost-01.ts      change a port or a header, then: npx fleet preview ${STACK} --lab`,
    "npm run demo -- vault1984             the second fleet: a pilot, a go, twenty regions",
  ],
};

const KEPT_NEXT = [
  `npx fleet ssh ${STACK} ghost-01 --lab   a shell on a machine`,
  `npx fleet drift ${STACK} --lab          after you have broken something there`,
  `npx fleet lab log ${STACK}              what the clouds were asked`,
  `npx fleet lab down ${STACK} --forget    when you are done`,
];
