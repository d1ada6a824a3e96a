import { setTimeout as wait } from "node:timers/promises";
import type { News } from "./findings.ts";
import { messageOf, shortText } from "./message.ts";

/** Somewhere that findings are told to. Its address may be a secret: nothing here ever prints it. */
export interface Target {
  kind: "webhook" | "ntfy";
  url: string;
  token?: string;
}

const TRIES = 3;
const TIMEOUT_MS = 10_000;
const VARIABLES = { webhook: "FLEET_NOTIFY_WEBHOOK", ntfy: "FLEET_NTFY_URL" } as const;

/** Whether the environment says who is told. */
export const hasTargets = (env: NodeJS.ProcessEnv): boolean =>
  Object.values(VARIABLES).some((name) => Boolean(env[name]));

/**
 * Reads from the environment who is told, because arguments are seen by everybody on a machine. @throws Error naming a
 * variable, never its value
 */
export function targetsIn(env: NodeJS.ProcessEnv): Target[] {
  const targets = (["webhook", "ntfy"] as const).flatMap((kind): Target[] => {
    const url = env[VARIABLES[kind]];
    return url
      ? [
          {
            kind,
            url: checked(url, VARIABLES[kind]),
            ...(kind === "ntfy" && env.FLEET_NTFY_TOKEN && { token: env.FLEET_NTFY_TOKEN }),
          },
        ]
      : [];
  });
  if (!hasTargets(env))
    throw new Error(
      `--notify: nobody is to be told. Set ${VARIABLES.webhook} to the URL of a webhook, or ${VARIABLES.ntfy} to ` +
        "that of an ntfy topic",
    );
  return targets;
}

function checked(text: string, variable: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new Error(`${variable} is no http or https URL`);
  if (url.username || url.password)
    throw new Error(`${variable} has a user or password in it: ntfy takes a token by FLEET_NTFY_TOKEN instead`);
  return text;
}

/**
 * Tells news to a target, which may be busy for a while.
 * @param at when it was looked
 * @throws Error naming the target by its variable alone
 */
export async function send(
  target: Target,
  stack: string,
  news: News,
  at: Date,
  sleep: (seconds: number) => Promise<unknown> = (seconds) => wait(seconds * 1000),
): Promise<void> {
  const request = target.kind === "webhook" ? webhookRequest(stack, news, at) : ntfyRequest(target, stack, news);
  for (let attempt = 1; ; attempt += 1) {
    const problem = await tryOnce(target, request);
    if (problem === undefined) return;
    if (!problem.passing || attempt === TRIES)
      throw new Error(`${VARIABLES[target.kind]} was not told: ${problem.text}`);
    await sleep(attempt);
  }
}

type Request = Pick<RequestInit, "headers" | "body">;

async function tryOnce({ url }: Target, request: Request): Promise<{ text: string; passing: boolean } | undefined> {
  try {
    // A redirection is not followed: it could take the token elsewhere.
    const { ok, status } = await fetch(url, {
      method: "POST",
      ...request,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return ok ? undefined : { text: `it answered ${status}`, passing: status === 429 || status >= 500 };
  } catch (error) {
    // What the message says may hold the address.
    const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? (error as Error).name;
    return { text: `it could not be reached (${code})`, passing: true };
  }
}

/** `text` is what chat programs show of a webhook; the rest is for programs. */
function webhookRequest(stack: string, { fresh, resolved, ...news }: News, at: Date): Request {
  const { title, lines } = messageOf(stack, { fresh, resolved, ...news });
  const body = { version: 1, stack, at: at.toISOString(), text: [title, ...lines].join("\n"), new: fresh, resolved };
  return { headers: { "content-type": "application/json", "user-agent": "fleet" }, body: JSON.stringify(body) };
}

function ntfyRequest({ token }: Target, stack: string, news: News): Request {
  const message = messageOf(stack, news);
  const headers = {
    title: message.title,
    priority: message.urgent ? "high" : "default",
    tags: message.urgent ? "warning" : "white_check_mark",
  };
  return {
    headers: { ...headers, "user-agent": "fleet", ...(token && { authorization: `Bearer ${token}` }) },
    body: shortText(message),
  };
}
