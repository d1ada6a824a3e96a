import { spoke } from "../../stacks/vault1984/spoke.ts";

export default spoke({ name: "singapore", region: "ap-southeast-1", mesh: "10.84.0.16" });
