import { spoke } from "../../stacks/vault1984/spoke.ts";

export default spoke({ name: "london", region: "eu-west-2", mesh: "10.84.0.7" });
