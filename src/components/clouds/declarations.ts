import * as pulumi from "@pulumi/pulumi";
import { deployed } from "../../clouds/look.ts";
import { keyOf, type Component, type Declared, type Kind, type Values } from "../../clouds/kind.ts";
import { asWritten } from "../../clouds/spelling.ts";
import { kinds } from "../../clouds/vendors.ts";
import type { CloudView } from "../../clouds/view.ts";
import type { Fleet } from "../../model/fleet.ts";
import { classes } from "./sdk.ts";

export interface DeclarationsArgs {
  fleet: Fleet;
  view: CloudView;
  /** The component of the fleet; those that things stand in are made below it. */
  root: pulumi.ComponentResource;
  values: Omit<Values, "of">;
}

/** What a fleet has in its clouds, each declared to the engine when it is first asked for. */
export class Declarations {
  readonly #args: DeclarationsArgs;
  readonly #declared = new Map<string, { kind: Kind; declared: Declared }>();
  readonly #made = new Map<string, pulumi.CustomResource | undefined>();
  readonly #components = new Map<string, pulumi.ComponentResource>();

  constructor(args: DeclarationsArgs) {
    this.#args = args;
    for (const kind of kinds)
      for (const declared of deployed(kind, args.fleet)) this.#declared.set(keyOf(kind, declared), { kind, declared });
  }

  /** Everything that nobody has asked for yet. */
  declareRest(): void {
    for (const key of this.#declared.keys()) this.resource(key);
  }

  /**
   * One thing. @param key "kind/name"
   * @param opts what the component that it is a part of says besides
   * @returns undefined for what is left alone
   * @throws Error naming what the fleet's files lack
   */
  resource(key: string, opts: pulumi.CustomResourceOptions = {}): pulumi.CustomResource | undefined {
    if (!this.#made.has(key)) this.#made.set(key, this.#make(key, opts));
    return this.#made.get(key);
  }

  #make(key: string, opts: pulumi.CustomResourceOptions): pulumi.CustomResource | undefined {
    const entry = this.#declared.get(key);
    if (!entry) throw new Error(`${key} is referred to, but no file declares it`);
    const { kind, declared } = entry;
    const { view, values } = this.#args;
    if (view.left?.includes(key)) return undefined;
    const { args, options, after = [] } = kind.resource!(declared.model, { ...values, of: this.#propertyOf });
    const before = after.flatMap((other) => (this.#declared.has(other) ? (this.resource(other) ?? []) : []));
    const urn = view.urns?.[key];
    return new classes[kind.token]!(
      declared.name,
      asWritten(kind, { ...view.kept?.[key], ...args }, view.written?.[key]) as never,
      {
        ...options,
        ...(before.length > 0 && { dependsOn: before }),
        ...(urn !== undefined && { aliases: [urn] }),
        ...this.#adoption(entry, options?.ignoreChanges),
        parent: opts.parent ?? this.#parentOf(kind.within(declared.model)),
        ...opts,
      },
    );
  }

  /**
   * What exists is imported, not made. It is taken as it is found; the run after that brings it to what is declared, so
   * that the difference can be shown before anything changes. This also heals a creation whose reply was lost.
   */
  #adoption(
    { kind, declared }: { kind: Kind; declared: Declared },
    ignored: string[] = [],
  ): pulumi.CustomResourceOptions {
    const { view } = this.#args;
    const key = keyOf(kind, declared);
    if (view.adopt.includes(key))
      return { import: view.existing[key], ignoreChanges: view.asFound ? ["*", ...ignored] : ignored };
    const isAdopted = kind.labels !== undefined && kind.adopts?.(declared.model);
    return isAdopted ? { import: idOfAdopted(key, kind, declared, view) } : {};
  }

  #propertyOf = (kind: string, name: string, property: string, as?: (value: string) => unknown): unknown => {
    const made = this.resource(`${kind}/${name}`) as unknown as Record<string, pulumi.Output<string>>;
    return as ? made[property]!.apply(as) : made[property];
  };

  #parentOf(within: readonly Component[]): pulumi.ComponentResource {
    return within.reduce<pulumi.ComponentResource>((parent, { type, name }) => {
      const key = `${type} ${name}`;
      const component = this.#components.get(key) ?? new Part(type, name, parent);
      this.#components.set(key, component);
      return component;
    }, this.#args.root);
  }
}

/** A part of the fleet that things stand in, such as a zone. */
class Part extends pulumi.ComponentResource {
  constructor(type: string, name: string, parent: pulumi.ComponentResource) {
    super(type, name, {}, { parent });
    this.registerOutputs({});
  }
}

/** What a file says to adopt has an id; without one the program must stop, because it would make a second one. */
function idOfAdopted(key: string, kind: Kind, { name, model }: Declared, { existing }: CloudView): string {
  const word = kind.adopts?.(model);
  const id = typeof word === "object" ? word.id : existing[key];
  if (id === undefined)
    throw new Error(
      `host ${name} says adopt: true, but there is no ${kind.title} of that name at its provider: ` +
        "give its id, or set adopt: false to make it",
    );
  return id;
}
