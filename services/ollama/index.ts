import { z } from "zod";
import { tcp } from "../../src/model/port.ts";
import { service } from "../../src/model/service.ts";
import { mustExist, standInFile } from "../stand-in/index.ts";
import { modelsUnit, ollamaUnit } from "./units.ts";

const program = "/usr/local/bin/ollama";
const account = "ollama";
const home = "/usr/share/ollama";
const model = z.string().regex(/^[a-z0-9][\w.-]*:[\w.-]+$/, 'must be a model with its tag, such as "gemma4:e4b"');

/**
 * The language model server at the place where its official installer puts it (no distribution packages it). Models
 * that are missing are fetched in the background; those that are there are never exchanged.
 */
export const ollama = service("ollama", {
  args: z.strictObject({
    /** The model that answers. */
    model,
    /** Kept beside it, for a fallback. */
    otherModels: z.array(model).default([]),
    /** How long a model stays in memory after a request. */
    keepAlive: z.union(
      [z.literal("forever"), z.templateLiteral([z.int().min(1), z.enum(["s", "m", "h"])])],
      'must be "forever" or a time such as "30m"',
    ),
    port: z.int().min(1).max(65535).default(11434),
  }),
  ports: (a) => [tcp(a.port, "loopback")],
  render: (a, host) => ({
    users: { [account]: { home, shell: "/bin/false" } },
    directories: { [home]: { owner: account, group: account } },
    files: standInFile(host, program, "ollama", { serve: a.port, on: "serve" }),
    units: {
      "ollama.service": { text: ollamaUnit(program, account, `127.0.0.1:${a.port}`, a.keepAlive) },
      "ollama-models.service": {
        text: modelsUnit(program, account, `127.0.0.1:${a.port}`, [a.model, ...a.otherModels]),
      },
    },
    validations: [mustExist(program)],
    checks: [{ kind: "http", url: `http://127.0.0.1:${a.port}/api/version`, body: "version" }],
  }),
});
