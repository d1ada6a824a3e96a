import type { Audit, Kind } from "../kind.ts";
import type { HetznerClient } from "./client.ts";
import type { Named } from "./shapes.ts";

/** A kind that no file declares: it is only told of. */
export const audited = <F extends Named>(
  part: Pick<Kind, "is" | "title" | "token"> & {
    /** "volumes" */
    about: string;
    collection: string;
    counts?: (shown: F) => boolean;
    audit: Audit<F, HetznerClient>;
  },
): Kind<never, F, HetznerClient> => ({
  is: part.is,
  title: part.title,
  token: part.token,
  declared: () => [],
  identity: () => undefined,
  held: ({ inputs = {} }) => ({ identity: String(inputs.name) }),
  ask: (client) => client.question<F>(part.about, part.collection, part.counts),
  within: () => [],
  audit: part.audit,
});
