import { spoke } from "../../stacks/vault1984/spoke.ts";

export default spoke({ name: "ncalifornia", region: "us-west-1", mesh: "10.84.0.3" });
