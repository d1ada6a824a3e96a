import { setTimeout } from "node:timers/promises";
import { labDown, labMachine } from "../../lab/lifecycle.ts";
import type { OpenStack } from "../../deploy/stack.ts";
import { CliError } from "../../terminal/output.ts";
import { failback, failover } from "../commands/failover.ts";
import { onHost, patchRecord, type Damage } from "./damage.ts";
import { mainJob } from "./main-job.ts";
import type { Steps } from "./steps.ts";
import type { Story } from "./story.ts";

const STACK = "blackroad";

/** In a console, in the tailnet, and on machines: a container, a file and a unit. */
const DAMAGES: readonly Damage[] = [
  {
    what: "switched the proxy off for www.blackroad.io at Cloudflare",
    resource: "www.blackroad.io CNAME",
    path: "proxied",
    do: (stack) => patchRecord(stack, "www.blackroad.io", { proxied: false }),
  },
  {
    what: "let nobody reach anything, in the tailnet's console",
    resource: "tailnet-policy",
    path: "acl",
    do: closeTailnet,
  },
  {
    what: "froze the website's container on pi5-alpha",
    resource: "pi5-alpha/website",
    path: "containers.website.health",
    do: (stack) => onHost(stack, "pi5-alpha", "sudo kill -STOP $(sudo podman inspect -f '{{.State.Pid}}' website)"),
  },
  {
    what: "edited what Prometheus looks at on pi400-delta",
    resource: "pi400-delta/prometheus",
    path: 'files["/etc/prometheus/prometheus.yml"].content',
    do: (stack) => onHost(stack, "pi400-delta", "sudo sed -i s/15s/60s/ /etc/prometheus/prometheus.yml"),
  },
  {
    what: "stopped Redis on pi5-gamma",
    resource: "pi5-gamma/redis",
    path: 'units["redis-server.service"].active',
    do: (stack) => onHost(stack, "pi5-gamma", "sudo systemctl stop redis-server"),
  },
];

export const blackroad: Story = {
  prepare: () => labDown(STACK, { forget: true }),
  takeDown: () => labDown(STACK, { forget: true }),
  play,
  next: (kept) => [
    ...(kept
      ? [`npx fleet ssh ${STACK} pi5-alpha --lab    a shell on a machine`]
      : [`npm run demo -- ${STACK} --keep        the same, and the lab stays up to play with`]),
    `npx fleet mesh policy ${STACK}            what the tailnet lets through`,
    `docs/fleets/${STACK}.md                   what its document leaves open, and what was chosen`,
  ],
};

async function play(steps: Steps): Promise<void> {
  const { fleet } = await mainJob(STACK, DAMAGES, steps);
  const house = fleet.hosts.filter(({ kind }) => kind === "static").map(({ name }) => name);
  const all = (action: "pause" | "resume") => Promise.all(house.map((name) => labMachine(STACK, name, action)));
  await steps.run("cut the house off", async () => (await all("pause"), `${house.length} machines are silent`));
  await steps.run("fail over: visitors are answered by the droplet", () =>
    failover(STACK, "pi5-alpha", { lab: true, to: "droplet-failover", why: "the house is cut off" }),
  );
  await steps.run("the house is back: fail back", async () => {
    await all("resume");
    await untilDone(() => failback(STACK, "pi5-alpha", { lab: true }), steps.signal);
  });
}

/** Tries again for as long as there are doubts, and half a minute at most. */
async function untilDone(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (let left = 30; ; left--)
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CliError) || left === 0 || signal.aborted) throw error;
      await setTimeout(1000);
    }
}

async function closeTailnet(stack: OpenStack): Promise<void> {
  const { TAILSCALE_BASE_URL: url, TAILSCALE_API_KEY: key } = stack.target.env;
  const headers = { authorization: `Bearer ${key}` };
  const answer = await fetch(`${url}/api/v2/tailnet/-/acl`, { method: "POST", headers, body: '{"grants": []}' });
  if (!answer.ok) throw new Error(`Tailscale answered ${answer.status} to a change of its policy`);
}
