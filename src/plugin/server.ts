/** Serves a Plugin to the Pulumi engine over gRPC: either as a process that the engine starts, or for engines to attach to. */
import { Server, ServerCredentials, type handleUnaryCall, type MethodDefinition } from "@grpc/grpc-js";
import { toGrpcError } from "./errors.ts";
import { methodsOf, type Method } from "./handlers.ts";
import type { Plugin } from "./types.ts";

/** The engine's own limit. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;
const LAST_ANSWERS_MS = 500;

export interface Listening {
  port: number;
  /** Lets running calls end, then closes the plugin and the port. */
  close(): Promise<void>;
}

/**
 * Listens on loopback for any number of engines, which find it by PULUMI_DEBUG_PROVIDERS=name:port.
 * @param port 0 picks a free one.
 */
export async function listenPlugin(plugin: Plugin, port = 0): Promise<Listening> {
  const server = new Server({ "grpc.max_receive_message_length": MAX_MESSAGE_BYTES, "grpc.max_send_message_length": MAX_MESSAGE_BYTES });
  const running = new Set<Promise<void>>();
  const methods = methodsOf(plugin);
  server.addService(mapValues(methods, definitionOf), mapValues(methods, (method) => handlerOf(method, running)));
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, found) => (error ? reject(error) : resolve(found)));
  });
  return {
    port: bound,
    async close() {
      const busy = running.size > 0;
      while (running.size > 0) await Promise.all(running);
      await plugin.close?.();
      // Answers given just now are still on their way; a client that holds on to the connection is not waited for.
      const force = setTimeout(() => server.forceShutdown(), busy ? LAST_ANSWERS_MS : 0);
      await new Promise((resolve) => server.tryShutdown(resolve));
      clearTimeout(force);
    },
  };
}

/**
 * Runs a plugin as the process that the engine started: prints the port, and ends on SIGTERM, SIGINT or when the engine is gone.
 * Running work is asked to reach a safe point first.
 */
export async function runPlugin(plugin: Plugin): Promise<void> {
  const engine = process.ppid;
  const listening = await listenPlugin(plugin);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    plugin.cancel?.();
    await listening.close();
    process.exit();
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  // An engine that was killed says nothing; its child is handed to another parent.
  setInterval(() => process.ppid !== engine && void stop(), 1000).unref();
  process.stdout.write(`${listening.port}\n`);
}

const mapValues = <A, B>(record: Record<string, A>, to: (value: A, key: string) => B): Record<string, B> => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value, key)]));

/** Only the two directions that a server needs; the others are for clients. */
const definitionOf = ({ decode, encode }: Method, name: string): MethodDefinition<unknown, unknown> => ({
  path: `/pulumirpc.ResourceProvider/${name}`, requestStream: false, responseStream: false,
  requestDeserialize: decode, responseSerialize: encode, requestSerialize: notAClient, responseDeserialize: notAClient,
});

const notAClient = (): never => {
  throw new Error("a plugin calls nobody");
};

const handlerOf = ({ handle }: Method, running: Set<Promise<void>>): handleUnaryCall<unknown, unknown> => (call, callback) => {
  const work = (async () => handle(call.request))()
    .then((response) => callback(null, response), (error: unknown) => callback(toGrpcError(error)))
    .finally(() => running.delete(work));
  running.add(work);
};
