import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { acme, acmeCertificate } from "../../../services/acme/index.ts";
import { certificate } from "../../../services/certificate/index.ts";
import { secret } from "../../../src/model/text.ts";
import { fileText, host, secretFiles, unitText } from "../render.ts";
import { CertificateFolder } from "./folder.ts";

const name = "www.example.com";
const pem = "-----BEGIN CERTIFICATE-----\n";
const selfSigned = certificate({ name, from: { selfSigned: 90 }, usedBy: ["nginx", "coturn"] });
const fromFile = certificate({ name, from: { file: pem, key: secret("KEY") }, usedBy: ["nginx"] });
const contact = "hostmaster@example.com";
const authority = { directory: "https://acme.example/directory" };
const issued = acme({ name, alsoFor: ["example.com"], contact, authority, usedBy: ["nginx"] });

describe("what they bring", () => {
  test("a self-signed one is made once, by openssl, and what is there is left alone", () => {
    const unit = unitText(selfSigned, `certificate-${name}.service`);
    expect(unit).toMatch(
      /ExecStart=\/bin\/sh -c "test -s \S+\/cert.pem -a -s \S+\/key.pem \|\| openssl req -x509 .* -days 90 /,
    );
    expect(unit).toContain("UMask=0077");
    expect(selfSigned.render(host()).directories).toMatchObject({ [`/etc/ssl/fleet/${name}`]: { mode: "0700" } });
  });

  test("one from a file has its key in a secret file, and is looked at before it goes live; a lab makes one up", () => {
    expect(secretFiles(fromFile)).toEqual([`0600 /etc/ssl/fleet/${name}/key.pem`]);
    expect(fromFile.render(host()).validations).toEqual([
      { command: `/bin/sh /etc/fleet/certificate-${name}.sh validate` },
    ]);
    expect(secretFiles(fromFile, host({ standIns: true }))).toEqual([]);
  });

  test("one from an authority is two services, so that its users start before the authority is asked", () => {
    const [place, of] = acmeCertificate({ name, contact, usedBy: ["nginx"] });
    expect([place.name, place.dependsOn, of.name, of.dependsOn]).toEqual([
      `certificate-${name}`,
      [],
      `acme-${name}`,
      [`certificate-${name}`, "nginx"],
    ]);
    expect(place.render(host()).records).toEqual({});
    expect(place.probes(host())).toEqual([]);
  });

  test("the client's token lies in a file that only root reads, and in no argument", () => {
    const service = acme({ name, contact, alsoFor: ["*.example.com"], challenge: { cloudflare: secret("TOKEN") } });
    expect(secretFiles(service)).toEqual([`0600 /root/.secrets/acme-${name}.token`]);
    const script = fileText(service, `/etc/fleet/acme-${name}.sh`);
    expect(script).toContain(`CF_DNS_API_TOKEN_FILE=/root/.secrets/acme-${name}.token`);
    expect(script).toContain("--domains '*.example.com'");
    expect(service.dependsOn).toContain("secrets-dir");
  });

  test.each([
    ["self-signed", selfSigned, host(), "itself"],
    ["from a file", fromFile, host(), "authorities"],
    ["from a file, in a lab", fromFile, host({ standIns: true }), "itself"],
    ["from an authority", issued, host(), "authorities"],
    [
      "from an authority of one's own",
      acme({ name, contact, authority: { ...authority, bundle: pem } }),
      host(),
      { authority: pem },
    ],
  ])("%s: what vouches for it from outside", (_, service, context, trust) => {
    expect(service.probes(context)[0]).toEqual({ kind: "tls", port: 443, name, daysLeft: 21, trust });
  });

  test("every name on every port is looked at; a * can't be asked for", () => {
    const service = certificate({
      name,
      alsoFor: ["example.com", "*.example.com", name],
      ports: [443, 5349],
      from: { selfSigned: 90 },
    });
    expect(service.probes(host()).map((p) => p.kind === "tls" && `${p.name}:${p.port}`)).toEqual([
      "www.example.com:443",
      "example.com:443",
      "www.example.com:5349",
      "example.com:5349",
    ]);
  });

  test.each([
    [
      "a name that would be a command",
      () => certificate({ name: "a;reboot", from: { selfSigned: 30 } }),
      "certificate.name: must be a host name",
    ],
    [
      "one that is too short from the first day",
      () => certificate({ name, from: { selfSigned: 21 } }),
      "from.selfSigned: must be more days than daysLeft",
    ],
    [
      "an authority's * without DNS",
      () => acme({ name, contact, alsoFor: ["*.example.com"] }),
      "acme.alsoFor: an authority gives * only for a record in DNS",
    ],
    [
      "a renewal when it is too late",
      () => acme({ name, contact, renew: 21 }),
      "acme.renew: must be more days than daysLeft",
    ],
    [
      "an authority without TLS",
      () => acme({ name, contact, authority: { directory: "http://acme.example/" } }),
      "acme.authority.directory: must be an https URL",
    ],
    ["a contact that is none", () => acme({ name, contact: "me" }), "acme.contact: must be an address for mail"],
  ])("%s is refused", (_, make, message) => expect(make).toThrow(message));
});

describe.skipIf(process.platform !== "linux")("the keeper", () => {
  let folder: CertificateFolder;
  beforeEach(() => void (folder = new CertificateFolder()));
  afterEach(() => folder.remove());

  const right = { names: [name], daysLeft: "at least 21", key: "0600 root:root", users: "have it" };
  test.each<[string, () => void, object | undefined]>([
    ["is as declared", () => folder.put(), {}],
    ["is not there", () => {}, undefined],
    ["has few days left", () => folder.put({ days: 12 }), { daysLeft: "11" }],
    ["has exactly enough", () => (folder.put({ days: 22 }), undefined), {}],
    ["has another name", () => folder.put({ names: ["mail.example.com"] }), { names: [] }],
    ["covers more, by a *", () => folder.put({ names: ["*.example.com", "other.example"] }), {}],
    ["covers less than a *", () => folder.put({ names: ["*.www.example.com"] }), { names: [] }],
    [
      "has a key that all may read",
      () => (folder.put(), folder.sh("chmod 644 key.pem"), undefined),
      { key: "0644 root:root" },
    ],
    [
      "has another's key",
      () => (folder.put(), folder.sh("openssl ecparam -name prime256v1 -genkey -noout -out key.pem"), undefined),
      { key: "of another certificate" },
    ],
    [
      "is no certificate",
      () => (folder.put(), folder.sh("echo nonsense >cert.pem"), undefined),
      { names: [], daysLeft: "the certificate can't be read", key: "of another certificate" },
    ],
    [
      "has users that do not know it",
      () => (folder.put(), folder.sh("touch untold"), undefined),
      { users: "have an older one" },
    ],
  ])("tells of one that %s", async (_, put, found) => {
    put();
    expect(await folder.read(selfSigned)).toEqual(found === undefined ? {} : { certificate: { ...right, ...found } });
    expect(folder.calls("told")).toEqual([]);
  });

  test("an expired one, and one of the future when a clock is wrong", async () => {
    folder.put({ days: 1 });
    folder.clock("+3 days");
    expect(await folder.read(selfSigned)).toMatchObject({ certificate: { daysLeft: "-2" } });
    folder.clock("-3 days");
    expect((await folder.read(selfSigned)).certificate!.daysLeft).toMatch(/^none before \d{4}-/);
  });

  test("a self-signed one is made anew, both halves at once, and its users are told", async () => {
    folder.put({ days: 5 });
    expect(await folder.keeper(selfSigned, "write")).toEqual({ code: 0, said: "" });
    expect(await folder.read(selfSigned)).toEqual({ certificate: right });
    expect(folder.calls("told")).toEqual([
      "-q is-active nginx.service",
      "reload-or-restart nginx.service",
      "-q is-active coturn.service",
      "reload-or-restart coturn.service",
    ]);
    expect(folder.sh("readlink cert.pem key.pem")).toBe("live/cert.pem\nlive/key.pem");
    // The one before stays until the next, for whoever has not read the new one yet.
    expect(folder.list().filter((one) => one.startsWith("pair."))).toHaveLength(2);
  });

  test("a better one that somebody put there is not replaced by a self-signed one", async () => {
    folder.put({ days: 5, issuer: "Somebody" });
    const before = folder.sh("sha256sum cert.pem");
    expect(await folder.keeper(selfSigned, "write")).toMatchObject({
      code: 1,
      said: expect.stringContaining("is not self-signed"),
    });
    expect(folder.sh("sha256sum cert.pem")).toBe(before);
  });

  test("of one from a file nothing can be mended but its users' knowledge", async () => {
    folder.put();
    expect(await folder.keeper(fromFile, "write")).toEqual({ code: 0, said: "" });
    expect(folder.calls("told")).toContain("reload-or-restart nginx.service");
    folder.put({ days: 5 });
    expect(await folder.keeper(fromFile, "write")).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^only a newer file helps, or a smaller daysLeft: .*"daysLeft":"4"/),
    });
  });

  test.each<[string, () => unknown, number, string]>([
    ["a good pair", () => folder.put(), 0, ""],
    [
      "a key of another one",
      () => (folder.put(), folder.sh("openssl ecparam -name prime256v1 -genkey -noout -out key.pem")),
      1,
      "the key is not that of the certificate",
    ],
    [
      "an expired one",
      () => (
        folder.put({ days: 1 }),
        folder.program("openssl", 'case "$*" in *checkend*) exit 1 ;; esac; exec /usr/bin/openssl "$@"')
      ),
      1,
      '"names"',
    ],
  ])("%s is validated", async (_, put, code, said) => {
    put();
    expect(await folder.keeper(fromFile, "validate")).toEqual({
      code,
      said: code === 0 ? "" : expect.stringContaining(said),
    });
  });

  describe("of an authority", () => {
    const both = [name, "example.com"];
    const isRight = { ...right, names: both, authority: authority.directory, renewal: "works" };
    beforeEach(() =>
      folder.program("systemctl", `echo "$@" >>${folder.root}/told; case "$*" in *is-failed*) exit 1 ;; esac`),
    );

    test("the first one takes the place of the self-signed one; then there is nothing to do", async () => {
      folder.put();
      expect((await folder.read(issued)).certificate).toMatchObject({
        names: [name],
        authority: expect.stringMatching(/^issuer=/),
      });
      folder.legoGives(both, 90);
      expect(await folder.keeper(issued, "write")).toEqual({ code: 0, said: "" });
      expect(await folder.read(issued)).toEqual({ certificate: isRight });
      expect(folder.calls("asked")).toHaveLength(1);
      expect(await folder.keeper(issued, "renew")).toEqual({ code: 0, said: "" });
      expect(folder.calls("asked")).toEqual([]);
    });

    test.each<[string, number, number]>([
      ["in time", 29, 1],
      ["not before", 40, 0],
    ])("it is renewed %s", async (_, days, times) => {
      folder.legoGives(both, days);
      await folder.keeper(issued, "write");
      const [before] = [folder.sh("sha256sum cert.pem"), folder.calls("asked"), folder.calls("told")];
      folder.legoGives(both, 90);
      expect(await folder.keeper(issued, "renew")).toEqual({ code: 0, said: "" });
      expect(folder.calls("asked")).toHaveLength(times);
      expect(folder.sh("sha256sum cert.pem") === before).toBe(times === 0);
      expect(folder.calls("told").includes("reload-or-restart nginx.service")).toBe(times > 0);
    });

    test.each<[string, string, string]>([
      ["is down", 'echo "dial tcp: connection refused"; exit 1', "connection refused"],
      ["refuses the challenge", 'echo "urn:ietf:params:acme:error:unauthorized"; exit 1', "unauthorized"],
      [
        "has given enough",
        'echo "429 :: urn:ietf:params:acme:error:rateLimited, retry after 1h"; exit 1',
        "rateLimited",
      ],
    ])("when it %s, what is there stays and the reason is told", async (_, lego, reason) => {
      folder.legoGives(both, 12);
      await folder.keeper(issued, "write");
      const before = folder.sh("sha256sum cert.pem key.pem");
      folder.lego(lego);
      for (const command of ["write", "renew"])
        expect(await folder.keeper(issued, command)).toMatchObject({ code: 1, said: expect.stringContaining(reason) });
      expect(folder.sh("sha256sum cert.pem key.pem")).toBe(before);
      expect(folder.calls("asked")).toHaveLength(3);
    });

    test.each<[string, () => void, string]>([
      ["fewer names", () => folder.legoGives([name], 90), '"names":["www.example.com"]'],
      ["fewer days", () => folder.legoGives(both, 9), '"daysLeft":"8"'],
    ])("one with %s than declared is told", async (_, gives, said) => {
      folder.put();
      gives();
      expect(await folder.keeper(issued, "write")).toMatchObject({ code: 1, said: expect.stringContaining(said) });
    });

    test("an account that it has forgotten is made again, once", async () => {
      folder.put();
      folder.legoGives(both, 90);
      const gives = folder.sh(`tail -n 1 ${folder.root}/bin/lego`);
      folder.lego(
        `[ -e ${folder.root}/once ] || { touch ${folder.root}/once; echo accountDoesNotExist; exit 1; }\n${gives}`,
      );
      expect(await folder.keeper(issued, "write")).toEqual({ code: 0, said: "" });
      expect(folder.calls("asked")).toHaveLength(2);
    });

    test("a new key that does not fit never takes its place", async () => {
      folder.put();
      const before = folder.sh("sha256sum cert.pem key.pem");
      folder.legoGives(both, 90);
      const gives = folder.sh(`tail -n 1 ${folder.root}/bin/lego`);
      folder.lego(
        `${gives}; openssl ecparam -name prime256v1 -genkey -noout -out ${folder.root}/client/https___acme.example_directory/certificates/www.example.com.key`,
      );
      expect(await folder.keeper(issued, "write")).toMatchObject({
        code: 1,
        said: expect.stringContaining("the new key is not that of the new certificate"),
      });
      expect(folder.sh("sha256sum cert.pem key.pem")).toBe(before);
    });

    test("users that could not be told are told by the next run, without asking the authority again", async () => {
      folder.put();
      folder.legoGives(both, 90);
      folder.program(
        "systemctl",
        'case "$*" in *is-failed*) exit 1 ;; reload-or-restart*) echo "nginx: emerg"; exit 1 ;; esac',
      );
      expect(await folder.keeper(issued, "write")).toMatchObject({ code: 1, said: expect.stringContaining("emerg") });
      expect(await folder.read(issued)).toEqual({ certificate: { ...isRight, users: "have an older one" } });
      folder.calls("asked");
      folder.program("systemctl", 'case "$*" in *is-failed*) exit 1 ;; esac');
      expect(await folder.keeper(issued, "renew")).toEqual({ code: 0, said: "" });
      expect(await folder.read(issued)).toEqual({ certificate: isRight });
      expect(folder.calls("asked")).toEqual([]);
    });

    test("a renewal that has failed is told while there is still time, and tried again", async () => {
      folder.legoGives(both, 90);
      await folder.keeper(issued, "write");
      folder.program(
        "systemctl",
        `case "$*" in *is-failed*) [ ! -e ${folder.root}/reset ] ;; reset-failed*) touch ${folder.root}/reset ;; esac`,
      );
      expect(await folder.read(issued)).toEqual({
        certificate: { ...isRight, renewal: `failed: journalctl -u acme-${name}` },
      });
      expect(await folder.keeper(issued, "write")).toEqual({ code: 0, said: "" });
      expect(await folder.read(issued)).toEqual({ certificate: isRight });
    });
  });
});
