import type { Found, Kind, Place, Vendor } from "../clouds/kind.ts";
import { isForeign } from "../clouds/ownership.ts";
import { idKey, identityKey, type DeclaredAtProviders } from "./declared.ts";
import { askAll, type Question, type Thing } from "./things.ts";
import type { FindingKind, Looked } from "./types.ts";

/** What is at one place of a vendor and nobody declared: every kind that the audit tells of is asked for. */
export function auditPlace({ kinds }: Vendor, place: Place, declared: DeclaredAtProviders): Promise<Looked> {
  if (place.missing)
    return Promise.resolve({
      findings: [],
      unknown: [{ place: place.name, host: null, reason: `there is no token for it: give ${place.missing}` }],
    });
  return askAll(
    place.name,
    kinds.flatMap((kind) => questionsAbout(kind, place, declared)),
    declared,
  );
}

function questionsAbout(kind: Kind, { client }: Place, declared: DeclaredAtProviders): Question[] {
  const { audit } = kind;
  if (!audit) return [];
  const models = new Map(
    kind.declared(declared.fleet).map(({ model }) => [kind.identity(model, declared.known), model] as const),
  );
  const isHeld = ({ id }: Found) => declared.ids.has(idKey({ type: kind.token, id }));
  return kind.ask(client, [...models.values()]).map((question) => ({
    about: question.about,
    async ask() {
      const found = await question.list();
      // Of twins, only the one that the stack holds is declared.
      const held = new Set(found.filter(isHeld).map(({ identity }) => identity));
      const isOurs = ({ identity, shown }: Found) =>
        !held.has(identity) && models.has(identity) && !isForeign(kind, shown, models.get(identity), declared.fleet);
      return Promise.all(
        found.map(async (each): Promise<Thing> => {
          const { identity, id, importId, shown } = each;
          return {
            kind: audit.kind as FindingKind,
            ...(await audit.tell(shown, client)),
            pulumi: { type: kind.token, id, ...(importId !== undefined && { importId }) },
            keys: isOurs(each) ? [identityKey(kind.is, identity)] : [],
            declared: audit.declared?.(shown, declared) === true,
            lines: audit.lines?.(shown, declared.fleet),
          };
        }),
      );
    },
  }));
}
