import type { StateResource } from "../engine/state.ts";
import type { Money } from "../model/cost.ts";
import type { Fleet } from "../model/fleet.ts";
import type { Text } from "../model/text.ts";

/** Properties of a resource; in the program, values that are known only later stand among them. */
export type Inputs = Record<string, unknown>;

/**
 * All that is known of one kind of thing in a cloud: a DNS record at Cloudflare, a server at Hetzner. Adoption, audit,
 * drift and the components are loops over kinds (docs/clouds.md). A kind loads no SDK and has no state.
 * @template M what the model says of one
 * @template F the vendor's answer about one
 * @template C the vendor's client
 */
export interface Kind<M = unknown, F = unknown, C = unknown> {
  /** Its folder: "cloudflare/record". */
  readonly is: string;
  /** For messages: "DNS record". */
  readonly title: string;
  /** The type of the engine's resource: "cloudflare:index/dnsRecord:DnsRecord". */
  readonly token: string;

  /** Everything of it that a fleet's files declare, also what is only planned. */
  declared(fleet: Fleet): Declared<M>[];
  /** What makes a declared one this one at the vendor; undefined as long as that is not known. */
  identity(model: M, known: Known): string | undefined;
  /** The same of one that the stack holds; undefined where its name in the stack says all. */
  held(resource: StateResource): { identity: string; slot?: string } | undefined;
  /** The lists in which all of it stand at the vendor, each read to its end. */
  ask(client: C, models: readonly M[]): Question<F>[];

  /** The components that it stands in, below the fleet, the outermost first. */
  within(model: M): Component[];
  /** What the engine is told to make. */
  resource?(model: M, values: Values): Resource;

  /** Labels of one, where the vendor has them: they say whose it is. */
  labels?(shown: F): Record<string, string>;
  /** Whether several of one name may exist: then one with another fleet's label is no clash. */
  readonly sharesNames?: true;
  /** Whether the file says that one which exists is to be taken over; an id says which. */
  adopts?(model: M): boolean | { id: string };
  /** Where the vendor has only names: in what one that exists is not as declared. Nothing: it is taken over. */
  differs?(shown: F, model: M, known: Known): string[];
  /** More about one that is to be taken over than the lists say. */
  examine?(client: C, shown: F): Promise<F>;
  /** What taking one over would take from it, which forbids it. */
  loses?(shown: F, model: M): string[];
  /** Why one that exists cannot be taken over by the engine's provider; it is left as it is. */
  readonly unimportable?: true;

  /** Properties that a vendor and a file may write in several ways, each with the one form in which they are compared. */
  readonly canonical?: Readonly<Record<string, (value: unknown, inputs: Inputs) => unknown>>;
  /** The vendor's answer as inputs of the resource: in what form they are written, and what the fleet has no words for. */
  inputs?(shown: F): Inputs;
  /** Inputs that the fleet has no words for: what one has of them when it is taken over stays. */
  readonly kept?: readonly string[];

  /** Where records lead: a machine's public IPv4 address, by its host, or a tunnel; from the state or the vendor's answer. */
  readonly address?: {
    held(resource: StateResource): [host: string, address: string] | undefined;
    shown(shown: F): [host: string, address: string] | undefined;
  };
  /** How `fleet audit` tells of one that nobody declared; a kind without is not asked for there. */
  readonly audit?: Audit<F, C>;
  /** What the vendor does that its description does not say, or not plainly. */
  readonly quirks?: readonly Quirk[];
}

export interface Declared<M = unknown> {
  /** Its name in the stack: it depends on nothing but the thing itself. */
  name: string;
  /**
   * Slots of which it may take what the stack holds and no file declares any more: a record whose text was edited is
   * changed in place, not made beside the old one. In order of preference.
   */
  slots?: readonly string[];
  /** The file that declares it. */
  file: string;
  active: boolean;
  model: M;
}

/** One that exists at the vendor. */
export interface Found<F = unknown> {
  identity: string;
  /** As the stack's state has it. */
  id: string;
  /** By which the engine imports it, where that is another. */
  importId?: string;
  shown: F;
}

/** A list that a vendor is asked for. */
export interface Question<F = unknown> {
  /** "volumes", for when it gets no answer. */
  about: string;
  list(): Promise<Found<F>[]>;
}

/** What is known of a fleet's machines and programs when its clouds are looked at. */
export interface Known {
  /** A host's public address, or where a tunnel is reached. */
  address(host: string): string | undefined;
  /** The text of a Worker's script. */
  script(path: string): string | undefined;
}

export interface Component {
  type: string;
  name: string;
}

export interface Resource {
  args: Inputs;
  options?: {
    protect?: boolean;
    deleteBeforeReplace?: boolean;
    ignoreChanges?: string[];
  };
  /** What is to be there before it, as `kind/name`. */
  after?: readonly string[];
}

/** What is known only in the program. */
export interface Values {
  /** A property of another thing, which is made before. */
  of(kind: string, name: string, property: string, as?: (value: string) => unknown): unknown;
  address(host: string): unknown;
  text(text: Text): unknown;
  script(path: string): string;
  /** What a new machine of a host is given at its first boot. @throws Error when nobody could log in to it */
  userData(host: string): unknown;
  /** The image that an instance is made from. @throws Error when there is none */
  image(host: string): string;
  /** Public keys that may log in to new machines. */
  operatorKeys: readonly string[];
  /**
   * The one address that may reach its SSH, as a network in CIDR notation: that of its mesh's hub, while it is still to
   * join that. Nobody may where there is none.
   */
  sshFrom(host: string): unknown;
}

export interface Audit<F, C> {
  /** The word for it in the report's format, one of findingKinds. */
  kind: string;
  tell(shown: F, client: C): Told | Promise<Told>;
  /** Whether it is declared in another way than by its identity. */
  declared?(shown: F, known: AuditKnown): boolean;
  /** What would declare it. */
  lines?(shown: F, fleet: Fleet): Lines | undefined;
}

export interface Told {
  name: string;
  detail: string;
  monthlyCost?: Money;
  /** What it comes and goes with. */
  partOf?: { type: string; id: string };
}

export interface AuditKnown {
  fleet: Fleet;
  /** Public IPv4 addresses of hosts. */
  addresses: ReadonlySet<string>;
  /** Fingerprints of keys that may log in to hosts. */
  operatorKeys: ReadonlySet<string>;
}

/** What a person would write into the fleet's files to have something declared. */
export interface Lines {
  /** From the repository's root. */
  file: string;
  /** Where in that file, for something that is no file of its own. */
  within?: string;
  /** TypeScript. */
  text: string;
}

export interface Quirk {
  is: string;
  /** The month in which it was last seen: "2026-11". */
  seen: string;
  /** Where it is written, or by whom it was reported. */
  source: string;
}

/** How one is called wherever it is spoken of: "cloudflare/record/www.example.com CNAME". */
export const keyOf = (kind: Pick<Kind, "is">, { name }: Pick<Declared, "name">): string => `${kind.is}/${name}`;

/** Where a vendor is asked: the account, or a region of it. */
export interface Place<C = unknown> {
  /** "Cloudflare", "AWS eu-west-2". */
  name: string;
  /** The variable without which it cannot be asked. */
  missing?: string;
  client: C;
  /** Whether what is declared of its kinds belongs here. */
  has(model: unknown): boolean;
  /** Whether it may be passed over when it does not answer: what is begun there then says why it fails. */
  mayFail?(error: unknown): boolean;
}

export interface Vendor {
  readonly kinds: readonly Kind[];
  /** The places that a fleet uses, or a stack. */
  places(fleet: Fleet, state: readonly StateResource[], env: NodeJS.ProcessEnv): Place[];
}
