import { spawn } from "node:child_process";
import type { Server } from "node:net";

const OPEN = `
const server = require("node:net").createServer();
server.listen(Number(process.argv[1]), "0.0.0.0", () => process.send("listening", server, () => process.exit()));
`;

/** Has a server of this process listen in another network namespace: a socket stays where it was opened. */
export function listenIn(namespace: string, port: number, server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("ip", ["netns", "exec", namespace, process.execPath, "-e", OPEN, String(port)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.on("error", reject);
    child.on("exit", (code) => code !== 0 && reject(new Error(`nothing can listen on port ${port} in ${namespace}`)));
    child.on("message", (_, socket) => server.listen(socket as Server, resolve));
  });
}
