import { spoke } from "../../stacks/vault1984/spoke.ts";

export default spoke({ name: "jakarta", region: "ap-southeast-3", mesh: "10.84.0.17" });
