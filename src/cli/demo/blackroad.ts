import { labDown } from "../../lab/lifecycle.ts";
import type { OpenStack } from "../../deploy/stack.ts";
import { onHost, patchRecord, type Damage } from "./damage.ts";
import { mainJob } from "./main-job.ts";
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
  play: (steps) => mainJob(STACK, DAMAGES, steps),
  next: (kept) => [
    ...(kept
      ? [`npx fleet ssh ${STACK} pi5-alpha --lab    a shell on a machine`]
      : [`npm run demo -- ${STACK} --keep        the same, and the lab stays up to play with`]),
    `npx fleet mesh policy ${STACK}            what the tailnet lets through`,
    `docs/fleets/${STACK}.md                   what its document leaves open, and what was chosen`,
  ],
};

async function closeTailnet(stack: OpenStack): Promise<void> {
  const { TAILSCALE_BASE_URL: url, TAILSCALE_API_KEY: key } = stack.target.env;
  const headers = { authorization: `Bearer ${key}` };
  const answer = await fetch(`${url}/api/v2/tailnet/-/acl`, { method: "POST", headers, body: '{"grants": []}' });
  if (!answer.ok) throw new Error(`Tailscale answered ${answer.status} to a change of its policy`);
}
