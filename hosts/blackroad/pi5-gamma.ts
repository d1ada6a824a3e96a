import { assumed } from "../../src/model/assumed.ts";
import { pi } from "../../src/model/host.ts";
import { secret } from "../../src/model/text.ts";
import { postgres } from "../../services/postgres/index.ts";
import { redis } from "../../services/redis/index.ts";
import { milvus } from "../../stacks/blackroad/containers.ts";
import { common, meshAddress, raspberryPi, tailnetNetwork } from "../../stacks/blackroad/parts.ts";

export default pi({
  name: "pi5-gamma",
  ...raspberryPi,
  model: "Raspberry Pi 5 8GB (quad A76)",
  mesh: meshAddress(3),
  roles: ["database"],
  services: [
    ...common,
    postgres({
      listen: ["loopback", "mesh"],
      clients: [tailnetNetwork],
      databases: [{ name: "blackroad", password: secret("POSTGRES_PASSWORD") }],
    }),
    redis({
      listen: ["loopback", "mesh"],
      password: secret("REDIS_PASSWORD"),
      maxMemory: assumed("512mb", "the document gives no size: a cache beside two databases in 8 GB"),
    }),
    milvus,
  ],
});
