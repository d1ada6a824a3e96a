const HOST = "get.pulumi.com";
const PROBE_SECONDS = 5;

let answer: Promise<string | undefined> | undefined;

/**
 * Why Pulumi's own downloads can't be had, or undefined when they can. Asked once per process: where they are blocked, the
 * installers would try for minutes.
 */
export function officialBlocker(): Promise<string | undefined> {
  answer ??= fetch(`https://${HOST}/`, { method: "HEAD", signal: AbortSignal.timeout(PROBE_SECONDS * 1000) })
    .then(() => undefined, (error: Error) => `${HOST} can't be reached${error.cause instanceof Error ? `: ${error.cause.message}` : ""}`);
  return answer;
}
