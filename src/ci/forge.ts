import { setTimeout as wait } from "node:timers/promises";

/** Where pull requests and their comments are kept: GitHub's API, or Forgejo's, which is the same as far as this goes. */
export interface Forge {
  /** "https://api.github.com", "https://git.example.com/api/v1". */
  api: string;
  /** "owner/name". */
  repository: string;
  token: string;
  /** For tests. */
  sleep?: (seconds: number) => Promise<unknown>;
}

/** What became of a comment. */
export type Put = "created" | "updated" | "unchanged" | "none";

interface Comment {
  id: number;
  body: string;
  user?: { login?: string };
}

/** The account behind the token of a job at GitHub, which may not ask for its own name. */
const JOB_ACCOUNT = "github-actions[bot]";
const TRIES = 4;
const LONGEST_WAIT = 60;
const TIMEOUT_MS = 30_000;

/** Worth another try: the forge is busy, or its answer got lost. */
class Passing extends Error {
  readonly seconds: number | undefined;
  constructor(message: string, seconds?: number) {
    super(message);
    this.seconds = seconds;
  }
}

/**
 * Puts a comment under a pull request, in the place of the one that it put there before: the one of its own with the
 * same first line.
 *
 * @param onlyExisting changes what is there, and makes nothing new
 * @throws Error saying what the forge refused, and what to do
 */
export const putComment = (forge: Forge, number: number, body: string, { onlyExisting = false } = {}): Promise<Put> =>
  trying(forge, () => tryOnce(forge, number, body, onlyExisting));

/** The comment that putComment() put under a pull request; nothing where it never did. @throws Error as that does */
export const readComment = (forge: Forge, number: number, marker: string): Promise<string | undefined> =>
  trying(forge, async () => (await findComment(forge, number, marker, await ownAccount(forge)))?.body);

/**
 * The pull request that was merged as a commit; nothing where none was. A forge may know of a merge a moment later than
 * of its commit, so it is asked again before there is none. @throws Error saying what it refused, and what to do
 */
export async function mergedAs(forge: Forge, commit: string): Promise<number | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await trying(forge, () => findMerged(forge, commit));
    if (found !== undefined || attempt === TRIES) return found;
    await sleepOf(forge)(2 ** attempt);
  }
}

interface PullRequest {
  number: number;
  merged_at?: string | null;
}

/** GitHub lists the pull requests that a commit is in; Forgejo, since version 7, tells the one that it merged. */
async function findMerged(forge: Forge, commit: string): Promise<number | undefined> {
  const of = (path: string) =>
    send(forge, "GET", `${repositoryUrl(forge)}/commits/${encodeURIComponent(commit)}/${path}`);
  const listed = await of("pulls");
  const answer = listed.status === 404 ? await of("pull") : listed;
  // That there is none and that one may not ask look the same: whoever may ask can list them.
  if (answer.status === 404) {
    checked(forge, "GET", await send(forge, "GET", `${repositoryUrl(forge)}/pulls?state=closed&per_page=1&limit=1`));
    return undefined;
  }
  const pulls = [checked(forge, "GET", answer).body].flat() as PullRequest[];
  return pulls.find(({ merged_at: at }) => typeof at === "string")?.number;
}

const sleepOf = (forge: Forge) => forge.sleep ?? ((seconds: number) => wait(seconds * 1000));

/** Tries again what did not reach the forge, or found it busy. */
async function trying<T>(forge: Forge, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Passing) || attempt === TRIES) throw error;
      await sleepOf(forge)(Math.min(error.seconds ?? 2 ** attempt, LONGEST_WAIT));
    }
  }
}

/** Looks again each time, because a lost answer may have been to a comment that was made. */
async function tryOnce(forge: Forge, number: number, body: string, onlyExisting: boolean): Promise<Put> {
  const account = await ownAccount(forge);
  const known = await findComment(forge, number, body.split("\n")[0]!, account);
  if (known?.body === body) return "unchanged";
  if (known) await request(forge, "PATCH", `issues/comments/${known.id}`, { body });
  else if (onlyExisting) return "none";
  else await request(forge, "POST", `issues/${number}/comments`, { body });
  return known ? "updated" : "created";
}

async function ownAccount(forge: Forge): Promise<string> {
  const { status, body } = await send(forge, "GET", `${forge.api}/user`);
  return status === 200 ? String((body as { login?: unknown }).login) : JOB_ACCOUNT;
}

/** Others can write the same first line, so that only comments of one's own count. */
async function findComment(
  forge: Forge,
  number: number,
  marker: string,
  account: string,
): Promise<Comment | undefined> {
  let url: string | undefined = `${repositoryUrl(forge)}/issues/${number}/comments?per_page=100&limit=100`;
  while (url !== undefined) {
    const { body, next }: Answer = checked(forge, "GET", await send(forge, "GET", url));
    const found = (body as Comment[]).find(
      (comment) =>
        comment.user?.login === account &&
        (comment.body === marker || comment.body.startsWith(`${marker}\n`) || comment.body.startsWith(`${marker}\r\n`)),
    );
    if (found) return found;
    url = next;
  }
  return undefined;
}

const repositoryUrl = ({ api, repository }: Forge): string =>
  `${api}/repos/${repository.split("/").map(encodeURIComponent).join("/")}`;

const request = async (forge: Forge, method: string, path: string, body: object): Promise<Answer> =>
  checked(forge, method, await send(forge, method, `${repositoryUrl(forge)}/${path}`, body));

interface Answer {
  status: number;
  body: unknown;
  /** The next page of a list. */
  next?: string;
}

async function send(forge: Forge, method: string, url: string, body?: object): Promise<Answer> {
  const headers = {
    authorization: `token ${forge.token}`,
    accept: "application/json",
    "content-type": "application/json",
    "user-agent": "fleet",
  };
  const reply = await fetch(url, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: Error) => {
    throw new Passing(
      `${new URL(forge.api).host} did not answer: ${(error.cause as Error | undefined)?.message ?? error.message}`,
    );
  });
  const seconds = Number(reply.headers.get("retry-after") ?? Number.NaN);
  const isLimited =
    reply.status === 429 ||
    (reply.status === 403 && (!Number.isNaN(seconds) || reply.headers.get("x-ratelimit-remaining") === "0"));
  if (isLimited || reply.status >= 500)
    throw new Passing(
      `${new URL(forge.api).host} answered ${reply.status} to ${method} of pull requests`,
      Number.isNaN(seconds) ? undefined : seconds,
    );
  const parsed: unknown = await reply.json().catch(() => undefined);
  return { status: reply.status, body: parsed, next: nextPage(reply.headers.get("link"), forge.api) };
}

/** @throws Error with what to do about a refusal */
function checked(forge: Forge, method: string, answer: Answer): Answer {
  const { status } = answer;
  if (status < 300) return answer;
  const advice =
    status === 401
      ? ": the token is not valid"
      : status === 403 || status === 404
        ? `: the job needs \`permissions: pull-requests: ${method === "GET" ? "read" : "write"}\`, ` +
          "which a pull request from a fork never has"
        : "";
  throw new Error(
    `${new URL(forge.api).host} answered ${status} to ${method} of pull requests in ${forge.repository}${advice}`,
  );
}

/** The token goes nowhere but to the forge itself. */
function nextPage(link: string | null, api: string): string | undefined {
  const next = /<([^>]+)>;\s*rel="next"/.exec(link ?? "")?.[1];
  return next !== undefined && URL.canParse(next) && new URL(next).origin === new URL(api).origin ? next : undefined;
}
