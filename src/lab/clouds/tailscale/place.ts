import { join } from "node:path";
import { programFolder } from "./programs.ts";

/** Where every Tailscale looks for its control server; the program beside this file answers for it. */
export const CONTROL_NAME = "controlplane.tailscale.com";

/** Its address in labs: of the network that the vendor's own servers are in, so that it is nobody else's. */
export const CONTROL_ADDRESS = "192.200.0.101";

/** The certificate authority that lab machines trust to vouch for that name, and for no other. */
export const AUTHORITY = join(programFolder, "authority");
