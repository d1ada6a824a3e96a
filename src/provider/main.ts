import project from "../../package.json" with { type: "json" };
import { isGone } from "../existing/view.ts";
import { runPlugin } from "../plugin/server.ts";
import { OpenSsh } from "../transport/openssh.ts";
import { Pool } from "../transport/pool.ts";
import { serviceResource } from "./service/index.ts";
import { sshResources } from "./ssh/index.ts";

/** The fleet provider: a process that the Pulumi engine starts for the length of one command. */
const pool = new Pool(new OpenSsh());
await runPlugin({
  name: "fleet",
  version: project.version,
  resources: { "fleet:host:Service": serviceResource(pool, { isGone }), ...sshResources(pool) },
  cancel: () => pool.cancel(),
  close: () => pool.close(),
});
