import { createSocket, type Socket } from "node:dgram";
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  ATTRIBUTE,
  METHOD,
  credentialKey,
  decodeMessage,
  encodeRequest,
  errorCode,
  timeLimitedCredentials,
  xorAddress,
} from "../../src/probes/stun.ts";
import { probeTurn } from "../../src/probes/turn.ts";

describe("STUN messages", () => {
  test("a request reads back as it was written, odd lengths padded", () => {
    const message = decodeMessage(
      encodeRequest(METHOD.allocate, [
        [ATTRIBUTE.username, Buffer.from("odd")],
        [ATTRIBUTE.realm, Buffer.from("realm")],
      ]),
    )!;
    expect([message.method, message.class]).toEqual([METHOD.allocate, "request"]);
    expect(message.attributes.get(ATTRIBUTE.username)!.toString()).toBe("odd");
    expect(message.attributes.get(ATTRIBUTE.realm)!.toString()).toBe("realm");
  });

  test("the integrity covers everything before it, with a length that counts it (RFC 8489, 14.5)", () => {
    const key = credentialKey("user", "realm", "password");
    const bytes = encodeRequest(METHOD.refresh, [[ATTRIBUTE.username, Buffer.from("user")]], key);
    expect(bytes.readUInt16BE(2)).toBe(bytes.length - 20);
    expect(decodeMessage(bytes)!.attributes.get(ATTRIBUTE.messageIntegrity)).toEqual(
      createHmac("sha1", key).update(bytes.subarray(0, -24)).digest(),
    );
  });

  // Address and result of RFC 5769, section 2.2: 192.0.2.1 becomes e1 12 a6 43.
  test("an address is hidden by the magic cookie", () =>
    expect(xorAddress("192.0.2.1").subarray(4).toString("hex")).toBe("e112a643"));

  test("time-limited credentials are the HMAC of their own name", () => {
    expect(timeLimitedCredentials("s", "u", 100)).toEqual({
      user: "100:u",
      password: createHmac("sha1", "s").update("100:u").digest("base64"),
    });
  });

  test.each([
    ["nothing", ""],
    ["too short", "0101"],
    ["another protocol", "00".repeat(20)],
  ])("%s is no message", (_what, hex) => expect(decodeMessage(Buffer.from(hex, "hex"))).toBeUndefined());
});

describe("probeTurn", () => {
  let server: Socket;
  const seen: number[] = [];
  const reply = (request: Buffer, type: number, attributes: [number, Buffer][]) => {
    const bytes = encodeRequest(METHOD.allocate, attributes);
    bytes.writeUInt16BE(type, 0);
    request.copy(bytes, 8, 8, 20);
    return bytes;
  };
  const error = (code: number) =>
    [ATTRIBUTE.errorCode, Buffer.from([0, 0, Math.floor(code / 100), code % 100])] as [number, Buffer];

  /** A TURN server of few words: it challenges, then answers by what it was told. */
  const listen = (peerCode: number | undefined, stale = false) =>
    new Promise<number>((resolve) => {
      server.on("message", (request, from) => {
        const message = decodeMessage(request)!;
        seen.push(message.method);
        const send = (bytes: Buffer) => server.send(bytes, from.port, from.address);
        const challenge = (to: Buffer) => reply(to, 0x0113, [error(401), [ATTRIBUTE.nonce, Buffer.from("nonce")]]);
        if (!message.attributes.has(ATTRIBUTE.messageIntegrity)) {
          send(challenge(request));
          // As after a retransmission: the same challenge once more, for a request that is answered already.
          if (stale) setTimeout(() => send(challenge(request)), 5);
        } else if (message.method === METHOD.createPermission && peerCode)
          setTimeout(() => send(reply(request, 0x0118, [error(peerCode)])), 20);
        else setTimeout(() => send(reply(request, message.method | 0x0100, [])), 20);
      });
      server.bind(0, "127.0.0.1", () => resolve(server.address().port));
    });
  const ask = (port: number, peer?: string) => probeTurn({ address: "127.0.0.1", port, realm: "r", secret: "s" }, peer);

  beforeEach(() => void ((server = createSocket("udp4")), (seen.length = 0)));
  afterEach(() => void server.close());

  test("an allocation that is granted, and given back", async () => {
    expect(await ask(await listen(undefined))).toEqual({});
    expect(seen).toEqual([METHOD.allocate, METHOD.allocate, METHOD.refresh]);
  });
  test("a peer that is forbidden", async () =>
    expect(await ask(await listen(403), "10.0.0.1")).toEqual({ peerError: 403 }));
  test("a peer that is let through", async () => expect(await ask(await listen(undefined), "10.0.0.1")).toEqual({}));
  test("a late answer to an earlier request is not taken for the answer", async () =>
    expect(await ask(await listen(undefined, true))).toEqual({}));
  test("a server that never answers", async () => {
    await expect(
      ask(await new Promise<number>((resolve) => server.bind(0, "127.0.0.1", () => resolve(server.address().port)))),
    ).rejects.toThrow("no answer");
  });
  test("an error code is read from class and number", () =>
    expect(
      errorCode({ transaction: Buffer.alloc(12), method: 1, class: "error", attributes: new Map([error(437)]) }),
    ).toBe(437));
});
