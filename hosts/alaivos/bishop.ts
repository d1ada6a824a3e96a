import { assumed } from "../../src/model/assumed.ts";
import { miniPc } from "../../src/model/host.ts";
import { docker } from "../../services/docker/index.ts";
import { job } from "../../services/job/index.ts";
import { common, unknownPath } from "../../stacks/alaivos/parts.ts";

export default miniPc({
  name: "bishop",
  status: "planned",
  model: "AMD Ryzen AI 9 HX 370, 64 GB, Radeon 890M and XDNA 2 NPU (no CUDA)",
  location: "J's desk",
  arch: "amd64",
  timeZone: assumed("UTC", "the document does not say where the desk is"),
  os: assumed<"debian">("debian", "the document names Docker and Proxmox: Proxmox stands on Debian"),
  roles: ["training", "smartlab"],
  services: [
    ...common,
    docker({}),
    job({
      name: "voice-pipeline-training",
      description: "Fine-tunes Piper from Kokoro, once",
      run: assumed("/opt/training/voice_pipeline.py", unknownPath),
    }),
    job({
      name: "brain-distillation",
      description: "Distils the Laiv brain from 3,500 examples, once",
      run: assumed("/opt/training/distil.py", unknownPath),
    }),
  ],
});
