import { spoke } from "../../stacks/vault1984/spoke.ts";

export default spoke({ name: "virginia", region: "us-east-1", mesh: "10.84.0.2" });
