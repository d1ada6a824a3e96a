/**
 * Serves a Plugin to the Pulumi engine over gRPC: either as a process that the engine starts, or for engines to attach
 * to.
 */
import { Server, ServerCredentials, type handleUnaryCall, type MethodDefinition } from "@grpc/grpc-js";
import { toGrpcError } from "./errors.ts";
import { methodsOf, type Method } from "./handlers.ts";
import type { Plugin } from "./types.ts";

/** The engine's own limit. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;
const LAST_ANSWERS_MS = 500;
/** How long nothing must have been asked before a plugin without its command takes the engine for gone. */
const QUIET_MS = 3000;
const KEPT_CONNECTIONS = 1000;

export interface Listening {
  port: number;
  /** When the last call came or ended, as performance.now(); Infinity while one runs. */
  lastCall(): number;
  /** Lets running calls end, then closes the plugin and the port. */
  close(): Promise<void>;
}

/**
 * Listens on loopback for any number of engines, which find it by PULUMI_DEBUG_PROVIDERS=name:port.
 * @param plugin one for all; or what makes one for each connection, where a program has several providers of the
 * package: the engine opens a connection for each, and its calls do not say whose they are
 * @param port 0 picks a free one.
 */
export async function listenPlugin(plugin: Plugin | (() => Plugin), port = 0): Promise<Listening> {
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  const running = new Calls();
  const methods = methodsOf(typeof plugin === "function" ? plugin() : plugin);
  const methodsFor = typeof plugin === "function" ? perConnection(plugin) : () => methods;
  server.addService(
    mapValues(methods, definitionOf),
    mapValues(methods, (_, name) => handlerOf(name, methodsFor, running)),
  );
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, found) =>
      error ? reject(error) : resolve(found),
    );
  });
  return {
    port: bound,
    lastCall: () => running.last,
    async close() {
      const busy = running.size > 0;
      await running.ended();
      if (typeof plugin !== "function") await plugin.close?.();
      // Answers given just now are still on their way; a client that holds on to the connection is not waited for.
      const force = setTimeout(() => server.forceShutdown(), busy ? LAST_ANSWERS_MS : 0);
      await new Promise((resolve) => server.tryShutdown(resolve));
      clearTimeout(force);
    },
  };
}

/**
 * Runs a plugin as the process that the engine started: prints the port, and ends on SIGTERM, SIGINT or when the engine
 * is gone. Running work is asked to reach a safe point first.
 *
 * An engine that is killed while Node starts is gone before it can be asked for: what the engine starts tells its
 * process id in FLEET_ENGINE.
 */
export async function runPlugin(plugin: Plugin): Promise<void> {
  const engine = Number(process.env.FLEET_ENGINE ?? process.ppid);
  const { stop } = await startPlugin(plugin);
  // An engine that was killed says nothing; its child is handed to another parent.
  setInterval(() => process.ppid !== engine && void stop(), 1000).unref();
}

/**
 * Runs a plugin as a process that a command started for its engines to attach to. When the command is gone without a
 * word (its end of stdin closes), an engine that outlived it may still be finishing its steps: the plugin ends when
 * nobody has asked anything for a while.
 */
export async function runAttachedPlugin(plugin: Plugin): Promise<void> {
  const { listening, stop } = await startPlugin(plugin);
  const leave = () =>
    setInterval(() => performance.now() - listening.lastCall() > QUIET_MS && void stop(), QUIET_MS / 10);
  process.stdin.on("end", leave).on("error", leave).resume();
}

async function startPlugin(plugin: Plugin): Promise<{ listening: Listening; stop: () => Promise<void> }> {
  const listening = await listenPlugin(plugin);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    plugin.cancel?.();
    await listening.close();
    process.exit();
  };
  process.on("SIGTERM", () => void stop());
  process.on("SIGINT", () => void stop());
  process.stdout.write(`${listening.port}\n`);
  return { listening, stop };
}

/** The calls that are being answered. */
class Calls {
  private readonly running = new Set<Promise<void>>();
  private changed = performance.now();

  get size(): number {
    return this.running.size;
  }

  get last(): number {
    return this.size > 0 ? Infinity : this.changed;
  }

  add(call: Promise<void>): void {
    this.running.add(call);
    void call.finally(() => {
      this.running.delete(call);
      this.changed = performance.now();
    });
  }

  async ended(): Promise<void> {
    while (this.size > 0) await Promise.all(this.running);
  }
}

const mapValues = <A, B>(record: Record<string, A>, to: (value: A, key: string) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value, key)]));

/** Only the two directions that a server needs; the others are for clients. */
const definitionOf = ({ decode, encode }: Method, name: string): MethodDefinition<unknown, unknown> => ({
  path: `/pulumirpc.ResourceProvider/${name}`,
  requestStream: false,
  responseStream: false,
  requestDeserialize: decode,
  responseSerialize: encode,
  requestSerialize: notAClient,
  responseDeserialize: notAClient,
});

const notAClient = (): never => {
  throw new Error("a plugin calls nobody");
};

const handlerOf =
  (name: string, methodsFor: (peer: string) => Methods, running: Calls): handleUnaryCall<unknown, unknown> =>
  (call, callback) =>
    running.add(
      (async () => methodsFor(call.getPeer())[name]!.handle(call.request))().then(
        (response) => callback(null, response),
        (error: unknown) => callback(toGrpcError(error)),
      ),
    );

type Methods = ReturnType<typeof methodsOf>;

/** Nobody says when a connection has ended: the oldest are forgotten. */
function perConnection(make: () => Plugin): (peer: string) => Methods {
  const known = new Map<string, Methods>();
  return (peer) => {
    const methods = known.get(peer) ?? methodsOf(make());
    known.set(peer, methods);
    if (known.size > KEPT_CONNECTIONS) known.delete(known.keys().next().value!);
    return methods;
  };
}
