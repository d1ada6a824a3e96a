import type { EC2Client, EC2ClientConfig } from "@aws-sdk/client-ec2";
import { setTimeout as sleep } from "node:timers/promises";

/** What AWS refused, in its own words; without a code when it gave no answer. Never holds what was sent. */
export class AwsError extends Error {
  /** Such as InvalidInstanceID.NotFound. */
  readonly code: string | undefined;
  constructor(message: string, code: string | undefined) {
    super(message);
    this.name = "AwsError";
    this.code = code;
  }
}

export type Sdk = typeof import("@aws-sdk/client-ec2");
/** Makes a call from the vendor's SDK; `as` names it in errors. */
type Send = <Out>(as: string, call: (client: EC2Client, sdk: Sdk) => Promise<Out>) => Promise<Out>;

/** One region of an account, as one provider of the program sees it. */
export interface Scope {
  region: string;
  /** The provider's own, for everything that can have tags. */
  defaultTags: Record<string, string>;
  /** Tries again when AWS is busy or does not answer. @throws AwsError */
  send: Send;
  /** The same for a look at one thing: several resources that look at it at once share the answer. */
  look<Out>(as: string, id: string, call: (client: EC2Client, sdk: Sdk) => Promise<Out>): Promise<Out>;
  /**
   * For what would be made twice if it was simply asked for again: after a call without an answer it is looked for
   * first.
   * @throws AwsError
   */
  makeOnce<Made>(
    as: string,
    make: (client: EC2Client, sdk: Sdk) => Promise<Made>,
    find: () => Promise<Made | undefined>,
  ): Promise<Made>;
}

const ATTEMPTS = 8;
const BUSY = ["RequestLimitExceeded", "Throttling", "Unavailable", "ServiceUnavailable", "InternalError"];

/** Gives the scopes of an account. Clients are kept: each region has one for all providers. */
export async function connect({
  url,
  token,
}: {
  url: string;
  token: string;
}): Promise<(region: string, defaultTags: Scope["defaultTags"]) => Scope> {
  const sdk = await import("@aws-sdk/client-ec2");
  const config: EC2ClientConfig = { endpoint: url, credentials: { accessKeyId: token, secretAccessKey: token } };
  const patient = remembered((region) => new sdk.EC2Client({ ...config, region, maxAttempts: ATTEMPTS }));
  const looks = new Map<string, Promise<unknown>>();
  const once = remembered((region) => new sdk.EC2Client({ ...config, region, maxAttempts: 1 }));

  return (region, defaultTags) => {
    const ask = <Out>(
      client: EC2Client,
      as: string,
      call: (client: EC2Client, sdk: Sdk) => Promise<Out>,
    ): Promise<Out> =>
      call(client, sdk).catch((error: unknown) => {
        throw awsError(error as Error, `${as} in ${region}`);
      });
    return {
      region,
      defaultTags,
      send(as, call) {
        const answer = ask(patient(region), as, call);
        // Who looks after a change must not be told of before.
        return as.startsWith("Describe") ? answer : answer.finally(() => looks.clear());
      },
      look(as, id, call) {
        const key = `${region} ${as} ${id}`;
        const look = looks.get(key) ?? ask(patient(region), as, call);
        looks.set(key, look);
        return look.finally(() => looks.delete(key)) as ReturnType<typeof call>;
      },
      async makeOnce(as, make, find) {
        for (let attempt = 1; ; attempt += 1) {
          try {
            return await ask(once(region), as, make);
          } catch (error) {
            const { code } = error as AwsError;
            if (attempt === ATTEMPTS || (code !== undefined && !BUSY.includes(code))) throw error;
            const found = code === undefined ? await find() : undefined;
            if (found !== undefined) return found;
            await sleep(100 * 2 ** attempt * Math.random());
          }
        }
      },
    };
  };
}

function awsError(error: Error & { $metadata?: { httpStatusCode?: number }; code?: string }, what: string): AwsError {
  if (error.$metadata?.httpStatusCode !== undefined)
    return new AwsError(`AWS refused ${what}: ${error.message} (${error.name})`, error.name);
  return new AwsError(`no answer from AWS to ${what}: ${error.code ?? error.message}`, undefined);
}

/**
 * What `call` gives, or nothing when AWS says that the thing is not there. @param codes the ways in which it says so
 */
export async function unlessGone<T>(call: Promise<T>, ...codes: string[]): Promise<T | undefined> {
  return call.catch((error: unknown) => {
    if (error instanceof AwsError && codes.includes(error.code ?? "")) return undefined;
    throw error;
  });
}

function remembered<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => known.get(key) ?? known.set(key, make(key)).get(key)!;
}
