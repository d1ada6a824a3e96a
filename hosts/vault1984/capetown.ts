import { spoke } from "../../stacks/vault1984/spoke.ts";

export default spoke({ name: "capetown", region: "af-south-1", mesh: "10.84.0.14" });
