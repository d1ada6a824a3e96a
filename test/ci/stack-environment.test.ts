import { readFile, stat } from "node:fs/promises";
import { expect, test } from "vitest";
import { withStackEnvironment } from "../../src/ci/stack-environment.ts";

async function run(env: NodeJS.ProcessEnv) {
  const printed: string[] = [];
  const passed = await withStackEnvironment(
    env,
    async (inner) => inner,
    (line) => printed.push(line),
  );
  return { passed, printed };
}

test("nothing given is nothing added", async () =>
  expect(await run({ PATH: "/bin" })).toEqual({ passed: { PATH: "/bin" }, printed: [] }));

test("variables are passed on, and each value is hidden in logs", async () => {
  const { passed, printed } = await run({
    PATH: "/bin",
    GITHUB_TOKEN: "job",
    FLEET_ENVIRONMENT: JSON.stringify({ HCLOUD_TOKEN: "s3cret%", FLEET_SECRET_X: "first\nsecond\r\nno" }),
  });
  expect(passed).toEqual({ PATH: "/bin", HCLOUD_TOKEN: "s3cret%", FLEET_SECRET_X: "first\nsecond\r\nno" });
  expect(printed).toEqual(["::add-mask::s3cret%25", "::add-mask::first", "::add-mask::second"]);
});

test("known hosts become a file that nobody else reads, and is gone afterwards", async () => {
  let config = "";
  const printed: string[] = [];
  await withStackEnvironment(
    { FLEET_ENVIRONMENT: JSON.stringify({ SSH_KNOWN_HOSTS: "web ssh-ed25519 AAAA" }) },
    async (env) => {
      expect(Object.keys(env)).toEqual(["FLEET_SSH_CONFIG"]);
      config = env.FLEET_SSH_CONFIG!;
      const [, hosts] = /^Host \*\n {2}UserKnownHostsFile "(.+)"\n$/.exec(await readFile(config, "utf8"))!;
      expect([await readFile(hosts!, "utf8"), (await stat(hosts!)).mode & 0o777]).toEqual([
        "web ssh-ed25519 AAAA\n",
        0o600,
      ]);
    },
    (line) => printed.push(line),
  );
  expect(printed).toEqual(["::add-mask::web ssh-ed25519 AAAA"]);
  await expect(stat(config)).rejects.toThrow("ENOENT");
});

test("no line of a key is shown in logs", async () => {
  const printed: string[] = [];
  const SSH_PRIVATE_KEY = "-----BEGIN KEY-----\nabcdef\n-----END KEY-----";
  await expect(
    withStackEnvironment(
      { FLEET_ENVIRONMENT: JSON.stringify({ SSH_PRIVATE_KEY }) },
      async () => {},
      (line) => printed.push(line),
    ),
  ).rejects.toThrow(/^SSH_PRIVATE_KEY: /);
  expect(printed).toEqual(["::add-mask::abcdef"]);
});

test.each([
  ["no JSON", "s3cret"],
  ["a list", '["s3cret"]'],
  ["a number as value", '{"A": 53}'],
  ["a name that is none", '{"a b": "s3cret"}'],
])("%s is refused without showing it", async (_what, text) => {
  const error = await run({ FLEET_ENVIRONMENT: text }).catch((reason: Error) => reason);
  expect((error as Error).message).toMatch(/^FLEET_ENVIRONMENT/);
  expect((error as Error).message).not.toMatch(/s3cret|53/);
});
