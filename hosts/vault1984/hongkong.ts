import { spoke } from "../../stacks/vault1984/spoke.ts";

export default spoke({ name: "hongkong", region: "ap-east-1", mesh: "10.84.0.21" });
