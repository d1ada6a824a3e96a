import { lookup } from "node:dns/promises";

/** The address that a user gets for a name: a proxy's, where one stands before the host. @throws Error naming it */
export const addressOfName = (name: string): Promise<string> =>
  lookup(name).then(
    ({ address }) => address,
    (error: NodeJS.ErrnoException) => {
      throw new Error(`the DNS gives no address for ${name} (${error.code ?? error.message})`, { cause: error });
    },
  );
