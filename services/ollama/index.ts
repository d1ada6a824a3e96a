import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { tcp } from "../../src/model/port.ts";
import { service } from "../../src/model/service.ts";
import { mustExist } from "../stand-in/index.ts";
import { modelsUnit, ollamaUnit } from "./units.ts";

const program = "/usr/local/bin/ollama";
const account = "ollama";
/** The account's home, where the official installer has put it. The server keeps a key of its own there. */
const home = "/usr/share/ollama";
/** Who may use a GPU: the installer puts the account into these groups, too. */
const ofDevices = ["render", "video"];
const model = z.string().regex(/^[a-z0-9][\w.-]*:[\w.-]+$/, 'must be a model with its tag, such as "gemma4:e4b"');

/**
 * The language model server at the place where its official installer puts it (no distribution packages it). Models
 * that are missing are fetched in the background; those that are there are never exchanged.
 */
export const ollama = service("ollama", {
  args: z.strictObject({
    /** The model that answers: the first that is fetched. Whoever asks the server names it. */
    model,
    /** Kept beside it, for a fallback. */
    otherModels: z.array(model).default([]),
    /** Where models are; on a server that exists its OLLAMA_MODELS, if that says otherwise. */
    models: z
      .string()
      .regex(/^\/[\w./-]+$/, "must be an absolute path")
      .default(`${home}/.ollama/models`),
    /** How long a model stays in memory after a request. */
    keepAlive: z.union(
      [z.literal("forever"), z.templateLiteral([z.int().min(1), z.enum(["s", "m", "h"])])],
      'must be "forever" or a time such as "30m"',
    ),
    port: z.int().min(1).max(65535).default(11434),
  }),
  ports: (a) => [tcp(a.port, "loopback")],
  render: (a, host) => {
    const server = { program, account, listen: `127.0.0.1:${a.port}` };
    const folders = a.models.startsWith(`${home}/`) ? [home] : [home, a.models];
    return {
      groups: Object.fromEntries(ofDevices.map((group) => [group, {}])),
      users: { [account]: { home, shell: "/bin/false", groups: ofDevices } },
      directories: Object.fromEntries(folders.map((path) => [path, { owner: account, group: account }])),
      files: { ...(host.standIns && { [program]: { content: standIn(), mode: "0755" } }) },
      units: {
        "ollama.service": {
          text: ollamaUnit({ ...server, keepAlive: a.keepAlive, models: a.models, writes: folders }),
        },
        "ollama-models.service": { text: modelsUnit(server, [...new Set([a.model, ...a.otherModels])]) },
      },
      validations: [mustExist(program)],
      checks: [{ kind: "http", url: `http://127.0.0.1:${a.port}/api/version`, body: "version" }],
    };
  },
});

const standIn = (): string => readFileSync(join(import.meta.dirname, "stand-in.py"), "utf8");
