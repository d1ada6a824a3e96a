import { spoke } from "../../stacks/vault1984/spoke.ts";

export default spoke({ name: "malaysia", region: "ap-southeast-5", mesh: "10.84.0.18" });
