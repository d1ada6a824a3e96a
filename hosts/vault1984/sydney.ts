import { spoke } from "../../stacks/vault1984/spoke.ts";

export default spoke({ name: "sydney", region: "ap-southeast-2", mesh: "10.84.0.19" });
