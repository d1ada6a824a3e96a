import type { Audit, Kind } from "../kind.ts";
import type { DigitalOceanClient } from "./client.ts";

/** A kind that no file declares: it is only told of. */
export const audited = <F extends object>(
  part: Pick<Kind, "is" | "title" | "token"> & {
    /** "volumes" */
    about: string;
    list: (client: DigitalOceanClient) => Promise<F[]>;
    /** By which the engine imports it. */
    id: (shown: F) => string;
    audit: Audit<F, DigitalOceanClient>;
  },
): Kind<never, F, DigitalOceanClient> => ({
  is: part.is,
  title: part.title,
  token: part.token,
  declared: () => [],
  identity: () => undefined,
  held: () => undefined,
  ask: (client) =>
    client.question(
      part.about,
      () => part.list(client),
      (shown) => ({ identity: part.id(shown), id: part.id(shown) }),
    ),
  within: () => [],
  audit: part.audit,
});
