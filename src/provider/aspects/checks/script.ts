import type { Check } from "../../../model/bundle.ts";
import { hexPort } from "./ports.ts";
import { quote } from "../../remote/sh.ts";

/** What a health check is called in messages. */
export function describeCheck(check: Check): string {
  switch (check.kind) {
    case "tcp":
      return `tcp ${check.address}:${check.port} accepts connections`;
    case "udp":
      return `udp port ${check.port} is bound`;
    case "http":
      return `${check.url} answers ${check.status}${check.body === undefined ? "" : " with the expected body"}`;
    case "command":
      return check.command;
  }
}

/** The body of a POSIX sh function that succeeds when the check passes. It may use the file $work/<service>.body. */
export function checkBody(service: number, check: Check): string {
  switch (check.kind) {
    // bash for its /dev/tcp: nothing else that can connect is on every host
    case "tcp":
      return `timeout 3 bash -c ${quote(`exec 3<>/dev/tcp/${check.address}/${check.port}`)}`;
    case "udp":
      return (
        `grep -Eqs '^ *[0-9]+: [0-9A-F]+:${hexPort(check.port)} ' /proc/net/udp /proc/net/udp6 || ` +
        `{ echo "nothing is bound to udp port ${check.port}"; false; }`
      );
    case "http":
      return httpBody(service, check);
    // In a shell of its own kind: a check may use any option or exit.
    case "command":
      return `set +e; eval ${quote(check.command)}`;
  }
}

/** curl reads its options from stdin, so that no header shows in the list of processes. */
function httpBody(service: number, check: Extract<Check, { kind: "http" }>): string {
  const file = `"$work/${service}.body"`;
  const options = [
    `url = ${curlQuote(check.url)}`,
    ...Object.entries(check.headers).map(([name, value]) => `header = ${curlQuote(`${name}: ${value}`)}`),
    ...(check.insecure ? ["insecure"] : []),
  ];
  const body =
    check.body === undefined
      ? []
      : [
          `grep -qF -e ${quote(check.body)} ${file} || { echo "the body does not contain the expected text:"; ` +
            `head -c 500 ${file}; false; }`,
        ];
  return [
    `status=$(printf '%s\\n' ${options.map(quote).join(" ")} | ` +
      `curl -sS --max-time 5 -o ${file} -w '%{http_code}' -K -) || return 1`,
    `[ "$status" = ${check.status} ] || ` +
      `{ echo "answered $status instead of ${check.status}"; head -c 500 ${file}; return 1; }`,
    ...body,
  ].join("\n");
}

const curlQuote = (text: string): string => `"${text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
