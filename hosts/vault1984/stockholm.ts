import { spoke } from "../../stacks/vault1984/spoke.ts";

export default spoke({ name: "stockholm", region: "eu-north-1", mesh: "10.84.0.11" });
