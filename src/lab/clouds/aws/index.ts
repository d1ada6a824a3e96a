import type { Machines } from "../../types.ts";
import type { CloudDefinition, CloudRequest } from "../http/types.ts";
import type { Store } from "../store.ts";
import { connectEc2 } from "./describe.ts";
import { DurableMoto } from "./durable.ts";
import { ec2Error, errorForStatus, renderError } from "./errors.ts";
import { InstanceMachines } from "./instance-machines.ts";

export interface AwsCloud {
  /** For startCloud; its url is what AWS_ENDPOINT_URL takes. */
  definition: CloudDefinition;
  /**
   * Brings every machine to where its instance is. Resolves when they are up. @throws Error naming each machine that
   * did not boot
   */
  resume(): Promise<void>;
}

/** What moto is installed for. */
const SERVICES = ["ec2", "sts"];

/**
 * AWS's API for all regions at one endpoint: moto's server, behind what every cloud of the lab has (a log, faults, a
 * store), over local machines.
 * @param options.token the only access key id that is let in; signatures are not checked
 */
export async function createAws({
  store,
  machines,
  token,
}: {
  store: Store;
  machines: Machines;
  token: string;
}): Promise<AwsCloud> {
  const moto = await DurableMoto.start(store);
  const instances = new InstanceMachines({
    machines,
    names: store.collection("aws", "machines"),
    ec2: await connectEc2(moto.url),
  });
  const begin = async (region: string) => void (await instances.sync(region));
  return {
    definition: {
      name: "aws",
      basePath: "",
      pathOf: (request) =>
        `/${scopeOf(request).region}/${new URLSearchParams(request.raw.toString()).get("Action") ?? ""}`,
      routes: [
        {
          method: "POST",
          path: "/{region}/{action}",
          async handle(request) {
            const { status, contentType, body } = await moto.send(
              { ...scopeOf(request), body: request.raw.toString() },
              begin,
            );
            return { status, body, headers: { "Content-Type": contentType } };
          },
        },
      ],
      authorize(request) {
        const { key, service } = scopeOf(request);
        if (key !== token) throw errorForStatus(401);
        if (!SERVICES.includes(service)) throw ec2Error(400, "InvalidAction", `The lab has no AWS service ${service}.`);
      },
      renderError,
      errorForStatus,
      requestsPerHour: 360_000,
      allowanceHeaders: () => ({}),
      async close() {
        await instances.settled();
        await moto.close();
      },
    },
    async resume() {
      const work = await Promise.all(moto.regions.map((region) => instances.sync(region)));
      const failures = (await Promise.allSettled(work.flat())).flatMap((r) =>
        r.status === "rejected" ? [(r.reason as Error).message] : [],
      );
      if (failures.length > 0) throw new Error(failures.join("\n\n"));
    },
  };
}

/** Who asks for what, as its signature says (Signature Version 4). */
function scopeOf({ headers }: CloudRequest): { key: string; region: string; service: string } {
  const [, key = "", region = "", service = ""] =
    /Credential=([^/]*)\/\d+\/([^/]*)\/([^/]*)\/aws4_request/.exec(headers.authorization ?? "") ?? [];
  return { key, region, service };
}
