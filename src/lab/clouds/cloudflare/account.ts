import type { CloudRequest, Route } from "../http/types.ts";
import { CloudError } from "../http/types.ts";
import type { Store } from "../store.ts";
import { ok, paged } from "./reply.ts";

export interface Account {
  id: string;
  name: string;
}

export const accounts = (store: Store) => store.collection<Account>("cloudflare", "accounts");

/** The account in the path; authorisation has made sure that it is there. */
export const accountOf = (request: CloudRequest): string => request.params.account_id ?? "";

/** @throws CloudError 403 when the token's owner has no such account. */
export function requireAccount(store: Store, id: string): Account {
  const account = accounts(store).get(id);
  if (account === undefined) throw new CloudError(403, 9109, "Unauthorized to access requested resource");
  return account;
}

export function accountRoutes(store: Store): Route[] {
  const render = (account: Account) => ({
    ...account,
    type: "standard",
    settings: { enforce_twofactor: false },
    created_on: "2020-01-01T00:00:00Z",
  });
  return [
    { method: "GET", path: "/accounts", handle: (request) => paged(request, accounts(store).list().map(render)) },
    {
      method: "GET",
      path: "/accounts/{account_id}",
      handle: (request) => ok(render(requireAccount(store, accountOf(request)))),
    },
    {
      method: "GET",
      path: "/user/tokens/verify",
      handle: () => ({
        body: {
          success: true,
          errors: [],
          messages: [{ code: 10000, message: "This API Token is valid and active", type: null }],
          result: { id: "0".repeat(32), status: "active" },
        },
      }),
    },
  ];
}
