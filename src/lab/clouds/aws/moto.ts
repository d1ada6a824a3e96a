import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pythonWith } from "../../../setup/python.ts";

/** What moto's server is installed from. */
export const MOTO_REQUIREMENTS = join(import.meta.dirname, "requirements.txt");

/** One call of an AWS API with the query protocol, without its credentials. */
export interface Call {
  region: string;
  /** As in a signature: ec2, sts. */
  service: string;
  /** Form-encoded parameters, Action among them. */
  body: string;
}

export interface Answer {
  status: number;
  contentType: string;
  body: Buffer;
}

/** moto's server as a child of this process; it ends with it, however that ends. */
export interface Moto {
  url: string;
  send(call: Call): Promise<Answer>;
  /** What moto makes up from here on (ids, addresses) follows from the number. */
  seed(number: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts moto with nothing in it but images and every region's default network. @throws Error with what it said last
 * when it does not start
 */
export async function startMoto(): Promise<Moto> {
  const python = join(await pythonWith(MOTO_REQUIREMENTS), "bin/python");
  const child = spawn(python, [join(import.meta.dirname, "moto_server.py"), join(import.meta.dirname, "images.json")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [port] = (await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    ended.then(() => []),
  ])) as [string?];
  if (port === undefined)
    throw new Error("moto, which stands in for AWS, did not start: its reason is in the lab's daemon.log");
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    async send({ region, service, body }) {
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        authorization: `AWS4-HMAC-SHA256 Credential=lab/20260101/${region}/${service}/aws4_request`,
      };
      const response = await fetch(url, { method: "POST", headers, body });
      return {
        status: response.status,
        contentType: response.headers.get("content-type") ?? "text/xml",
        body: Buffer.from(await response.arrayBuffer()),
      };
    },
    async seed(number) {
      await fetch(`${url}/moto-api/seed?a=${number}`, { method: "POST" });
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
