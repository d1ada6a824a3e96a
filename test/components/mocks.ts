import * as pulumi from "@pulumi/pulumi";

/** A resource as the engine would be asked for it. */
export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  /** The name of its explicit provider. */
  provider?: string;
}

/** Lets a program register its resources with nobody, and returns them in order. @throws what the program throws */
export async function register(program: () => void): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id, provider }) => {
        registered.push({ type, name, inputs, ...(provider && { provider: provider.split("::").at(-2) }) });
        return {
          id: id || `${name}-id`,
          state: {
            ...inputs,
            ipv4Address: "203.0.113.9",
            publicIp: "203.0.113.10",
            ...(type === "aws:ec2/instance:Instance" && { arn: "arn:aws:ec2:x:123456789012:instance/i" }),
            publicKey: `public-of-${name}`,
            privateKey: `private-of-${name}`,
            ...(type.endsWith(":TailnetKey") && { key: `key-of-${name}` }),
            ...(type === "fleet:index:Token" && { value: `token-of-${name}` }),
          },
        };
      },
      call: ({ inputs }) => ({ token: `token-of-${(inputs as { tunnelId: string }).tunnelId}` }),
    },
    "fleet",
    "test",
    false,
  );
  try {
    program();
  } finally {
    // Also after a throw: what was registered before it must not reach into the next test.
    await settled(registered);
  }
  return registered;
}

/** The SDK works through its queue in the background: it is done when nothing has come for a while. */
async function settled(registered: readonly Registered[]): Promise<void> {
  for (let seen = -1; seen !== registered.length;) {
    seen = registered.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

/** What a secret looks like on its way to the engine. */
export const isSecretInput = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (value as Record<string, unknown>)["4dabf18193072939515e22adb298388d"] === "1b47061264138c4ac30d75fd1eb44270";

/** The value inside a secret. The mocks lift secretness up to the top-level property that holds it. */
export const revealed = (value: unknown): Record<string, Record<string, unknown>> =>
  isSecretInput(value) ? (value as { value: never }).value : (value as never);
