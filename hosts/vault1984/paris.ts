import { spoke } from "../../stacks/vault1984/spoke.ts";

export default spoke({ name: "paris", region: "eu-west-3", mesh: "10.84.0.8" });
