import { createSocket } from "node:dgram";
import {
  ATTRIBUTE,
  METHOD,
  credentialKey,
  decodeMessage,
  encodeRequest,
  errorCode,
  timeLimitedCredentials,
  transactionOf,
  xorAddress,
  type Message,
  type Method,
} from "./stun.ts";

export interface TurnServer {
  address: string;
  port: number;
  realm: string;
  /** The shared secret that both the server and whoever hands out credentials know. */
  secret: string;
}

export interface TurnResult {
  /** Undefined when the server granted the allocation, else why not. */
  refusedAllocation?: string;
  /** The error code that answered the permission towards the peer; undefined when it was granted. */
  peerError?: number;
}

const UDP_TRANSPORT = Buffer.from([17, 0, 0, 0]);
const NO_LIFETIME = Buffer.alloc(4);
/** Retransmissions of RFC 8489, 6.2.1, cut short: a machine in reach answers within a second. */
const RETRANSMIT_MS = [250, 500, 1000, 2000];
const CREDENTIAL_SECONDS = 300;

/** Asks for a UDP allocation and, with `peer`, for a permission towards it; gives the allocation back at the end. */
export async function probeTurn(server: TurnServer, peer?: string): Promise<TurnResult> {
  const socket = createSocket("udp4");
  try {
    const ask = (method: Method, attributes: [number, Buffer][], key?: Buffer) =>
      exchange(socket, server, method, attributes, key);
    const challenge = await ask(METHOD.allocate, [[ATTRIBUTE.requestedTransport, UDP_TRANSPORT]]);
    const nonce = challenge.attributes.get(ATTRIBUTE.nonce);
    if (errorCode(challenge) !== 401 || !nonce)
      return { refusedAllocation: `expected a challenge (401), got ${errorCode(challenge) ?? challenge.class}` };

    const { user, password } = timeLimitedCredentials(
      server.secret,
      "fleet",
      Math.floor(Date.now() / 1000) + CREDENTIAL_SECONDS,
    );
    const key = credentialKey(user, server.realm, password);
    const credentials: [number, Buffer][] = [
      [ATTRIBUTE.username, Buffer.from(user)],
      [ATTRIBUTE.realm, Buffer.from(server.realm)],
      [ATTRIBUTE.nonce, nonce],
    ];
    const allocation = await ask(METHOD.allocate, [[ATTRIBUTE.requestedTransport, UDP_TRANSPORT], ...credentials], key);
    if (allocation.class !== "success") return { refusedAllocation: `error ${errorCode(allocation)}` };

    const permission = peer
      ? await ask(METHOD.createPermission, [[ATTRIBUTE.xorPeerAddress, xorAddress(peer)], ...credentials], key)
      : undefined;
    await ask(METHOD.refresh, [[ATTRIBUTE.lifetime, NO_LIFETIME], ...credentials], key);
    return permission?.class === "error" ? { peerError: errorCode(permission) } : {};
  } finally {
    socket.close();
  }
}

async function exchange(
  socket: ReturnType<typeof createSocket>,
  server: TurnServer,
  method: Method,
  attributes: [number, Buffer][],
  key?: Buffer,
): Promise<Message> {
  const request = encodeRequest(method, attributes, key);
  for (const wait of RETRANSMIT_MS) {
    socket.send(request, server.port, server.address);
    const answer = await nextMessage(socket, transactionOf(request), wait);
    if (answer) return answer;
  }
  throw new Error(`no answer from ${server.address}:${server.port}/udp`);
}

/** The answer to one request: a late answer to an earlier one, sent again for want of patience, is not it. */
function nextMessage(
  socket: ReturnType<typeof createSocket>,
  transaction: Buffer,
  milliseconds: number,
): Promise<Message | undefined> {
  return new Promise((resolve, reject) => {
    const finish = (message?: Message, error?: Error) => {
      clearTimeout(timer);
      socket.off("message", onMessage).off("error", onError);
      if (error) reject(error);
      else resolve(message);
    };
    const onMessage = (bytes: Buffer) => {
      const message = decodeMessage(bytes);
      if (message?.transaction.equals(transaction)) finish(message);
    };
    const onError = (error: Error) => finish(undefined, error);
    const timer = setTimeout(finish, milliseconds);
    socket.on("message", onMessage).on("error", onError);
  });
}
