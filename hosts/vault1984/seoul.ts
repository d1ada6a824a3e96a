import { spoke } from "../../stacks/vault1984/spoke.ts";

export default spoke({ name: "seoul", region: "ap-northeast-2", mesh: "10.84.0.20" });
