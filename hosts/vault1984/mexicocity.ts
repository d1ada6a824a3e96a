import { spoke } from "../../stacks/vault1984/spoke.ts";

export default spoke({ name: "mexicocity", region: "mx-central-1", mesh: "10.84.0.5" });
