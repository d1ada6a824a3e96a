import { assumed } from "../../src/model/assumed.ts";
import { jetson } from "../../src/model/host.ts";
import { vllm } from "../../stacks/blackroad/containers.ts";
import { common, meshAddress } from "../../stacks/blackroad/parts.ts";

export default jetson({
  name: "jetson-prime",
  model: "Jetson Orin Nano 8GB (6-core + 1024 CUDA)",
  os: assumed<"ubuntu">("ubuntu", "the document names no system: NVIDIA's JetPack is Ubuntu"),
  location: "home",
  user: "user",
  mesh: meshAddress(10),
  roles: ["llm"],
  services: [...common, vllm],
});
