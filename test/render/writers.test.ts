import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { addressOf, publicKey, secret, text } from "../../src/model/text.ts";
import { authorizedKey } from "../../src/render/authorized-key.ts";
import { cronLine } from "../../src/render/cron.ts";
import { envFile } from "../../src/render/env-file.ts";
import { ini } from "../../src/render/ini.ts";

describe("environment files", () => {
  test("nothing is an empty file", () => expect(envFile({})).toBe(""));

  test("a shell reads back what was written, whatever it holds", () => {
    const values = {
      PLAIN: "x",
      EMPTY: "",
      SPACE: " a  b ",
      QUOTES: `"'\``,
      DOLLAR: "$HOME $(id) \\$x",
      HASH: "# no comment",
      BACK: "a\\b\\",
      UNICODE: "ü🐙",
      SEMI: "a; rm -rf /nonexistent",
    };
    const print = Object.keys(values)
      .map((name) => `printf '%s\\0' "$${name}"`)
      .join("\n");
    const read = execFileSync("/bin/sh", ["-c", `${envFile(values)}${print}`])
      .toString()
      .split("\0")
      .slice(0, -1);
    expect(read).toEqual(Object.values(values));
  });

  test("a secret stays a reference, between marks in which $ and \\ mean nothing", () => {
    expect(envFile({ A: 1, TOKEN: secret("TOKEN"), URL: text`https://x:${secret("TOKEN")}@y` })).toEqual({
      parts: [
        'A="1"\nTOKEN=\'',
        { ref: "secret", name: "TOKEN" },
        "'\nURL=\"https://x:\"'",
        { ref: "secret", name: "TOKEN" },
        '\'"@y"\n',
      ],
    });
  });

  test.each([
    [{ A: "1\nB=2" }, "environment file: A: a value with a line break"],
    [{ "A-B": "1" }, '"A-B" is not a variable\'s name'],
  ])("%j is refused", (variables, message) => expect(() => envFile(variables as never)).toThrow(message));
});

describe("cron lines", () => {
  test.each([
    [{ schedule: "30 2 * * *", user: "root", command: "/usr/bin/true" }, "30 2 * * * root /usr/bin/true"],
    [{ schedule: "0 * * * *", user: "www-data", command: "date +%F" }, "0 * * * * www-data date +\\%F"],
  ])("%j", (job, line) => expect(cronLine(job)).toBe(line));
  test.each([
    [
      { schedule: "0 * * * *", user: "root", command: "true\n* * * * * root evil" },
      "cron command: a value with a line break",
    ],
    [{ schedule: "0 * * * *\n", user: "root", command: "true" }, "cron schedule: a value with a line break"],
    [{ schedule: "0 * * * *", user: "root evil", command: "true" }, '"root evil" is not an account\'s name'],
  ])("%j is refused", (job, message) => expect(() => cronLine(job)).toThrow(message));
});

describe("authorized keys", () => {
  const key = `ssh-ed25519 ${Buffer.from("a public key").toString("base64")} someone`;
  test("a key alone stays as it is", () => expect(authorizedKey({ key })).toBe(key));
  test("a key with a command is restricted", () => {
    expect(authorizedKey({ key, command: 'rrsync -wo "/srv/in"', from: ["192.0.2.1", "10.0.0.0/8"] })).toBe(
      `restrict,command="rrsync -wo \\"/srv/in\\"",from="192.0.2.1,10.0.0.0/8" ${key}`,
    );
    expect(authorizedKey({ key, command: "x", restrict: false })).toBe(`command="x" ${key}`);
  });
  test("keys and addresses that are known later", () => {
    expect(authorizedKey({ key: publicKey("sync"), from: [addressOf("one")], restrict: true })).toEqual({
      parts: ['restrict,from="', { ref: "address", name: "one" }, '" ', { ref: "public-key", name: "sync" }],
    });
  });
  test.each([
    [{ key: `${key}\n${key}` }, 'must be a public key as "ssh-ed25519 AAAA…"'],
    [{ key: "AAAA" }, "must be a public key"],
    [{ key, command: "a\nb" }, "authorized key: command: a value with a line break"],
    [{ key, from: ['1.2.3.4",command="sh'] }, "is not an address, network or pattern"],
  ])("%j is refused", (line, message) => expect(() => authorizedKey(line)).toThrow(message));
});

describe("INI files", () => {
  test("nothing is an empty file", () => expect(ini({})).toBe(""));
  test("sections, and sections of one name", () => {
    expect(ini({ r2: { type: "s3", env_auth: false } })).toBe("[r2]\ntype = s3\nenv_auth = false\n");
    expect(
      ini([
        ["Interface", { ListenPort: 51820 }],
        ["Peer", { AllowedIPs: ["10.0.0.2/32"] }],
        ["Peer", { AllowedIPs: "10.0.0.3/32" }],
      ]),
    ).toBe("[Interface]\nListenPort = 51820\n\n[Peer]\nAllowedIPs = 10.0.0.2/32\n\n[Peer]\nAllowedIPs = 10.0.0.3/32\n");
    expect(ini({ r2: { key: text`${secret("R2_KEY")}` } })).toEqual({
      parts: ["[r2]\nkey = ", { ref: "secret", name: "R2_KEY" }, "\n"],
    });
  });
  test.each([
    [{ "a]\n[b": { x: 1 } }, "a section's name is one line without brackets"],
    [{ a: { x: "1\ny = 2" } }, "[a] x: a value with a line break"],
  ])("%j is refused", (sections, message) => expect(() => ini(sections as never)).toThrow(message));
});
