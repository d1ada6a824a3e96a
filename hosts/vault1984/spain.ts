import { spoke } from "../../stacks/vault1984/spoke.ts";

export default spoke({ name: "spain", region: "eu-south-2", mesh: "10.84.0.10" });
