import project from "../../package.json" with { type: "json" };
import { isGone } from "../clouds/gone.ts";
import { runAttachedPlugin, runPlugin } from "../plugin/server.ts";
import { OpenSsh } from "../transport/openssh.ts";
import { Pool } from "../transport/pool.ts";
import { Census } from "./census.ts";
import { meshKeyResource } from "./mesh/key.ts";
import { readRemembered, remember } from "./remembered.ts";
import { serviceResource } from "./service/index.ts";
import { sshResources } from "./ssh/index.ts";
import { tokenResource } from "./token.ts";

/**
 * The fleet provider: a process for the length of one command. The Pulumi engine starts it; or, as `main.ts attached
 * FILE`, a command that is going to look at every host starts it beside the engine, and it connects right away to the
 * hosts that FILE remembers from the last time.
 */
const [how, file] = process.argv.slice(2);
const remembered = how === "attached" && file !== undefined ? await readRemembered(file) : [];
const census = new Census(
  new Map(remembered.flatMap(({ host, services }) => (services === undefined ? [] : [[host, services]]))),
);
const pool = new Pool(new OpenSsh());
const plugin = {
  name: "fleet",
  version: project.version,
  resources: {
    "fleet:host:Service": serviceResource(pool, { isGone, census }),
    "fleet:mesh:Key": meshKeyResource(pool, { isGone }),
    "fleet:index:Token": tokenResource,
    ...sshResources(pool),
  },
  // Of several engines that attach one after the other, each says at its end that what it asked for is over.
  configure: async () => pool.resume(),
  cancel: () => pool.cancel(),
};
if (how === "attached" && file !== undefined) {
  // A jump host that is reached for others first needs no second handshake for itself.
  for (const reached of remembered.toSorted(
    (a, b) => Number(a.connection.jump === undefined) - Number(b.connection.jump === undefined),
  ))
    void pool.warm(reached);
  const close = async () => {
    await remember(
      file,
      pool.used().map((reached) => ({ ...reached, services: census.of(reached.host) })),
    );
    await pool.close();
  };
  await runAttachedPlugin({ ...plugin, close });
} else await runPlugin({ ...plugin, close: () => pool.close() });
