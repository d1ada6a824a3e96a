/**
 * What a Pulumi resource plugin of this repository is made of: plain functions over plain values. src/plugin/server.ts
 * speaks the engine's gRPC protocol for them. Secrets arrive as Secret, values not known yet (previews) as UNKNOWN.
 */

/** A value that the engine keeps encrypted in its state and never prints. Its JSON form hides the value. */
export class Secret<T = unknown> {
  readonly value: T;
  constructor(value: T) {
    this.value = value;
  }
  toJSON(): string {
    return "[secret]";
  }
}

/** A value that a preview does not know yet. */
export const UNKNOWN: unique symbol = Symbol("unknown");

export type Value =
  | null
  | boolean
  | number
  | string
  | Secret
  | typeof UNKNOWN
  | Value[]
  | { [key: string]: Value | undefined };
export type Properties = { [key: string]: Value | undefined };

export interface CheckFailure {
  /** A property path, such as files["/etc/x"].mode. */
  property: string;
  reason: string;
}

export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

export interface DiffResult {
  /** Property path → what happens to it; empty when nothing changes. */
  detailed: Record<
    string,
    { kind: DiffKind; /** The paths belong to the inputs rather than to the state. */ input?: boolean }
  >;
  deleteBeforeReplace?: boolean;
}

export interface ResourceType {
  /** Defaults filled in, and what is wrong. @returns the inputs as the state should keep them. */
  check?(request: {
    urn: string;
    news: Properties;
    olds?: Properties;
  }): Promise<{ inputs: Properties; failures?: CheckFailure[] }>;
  diff(request: {
    urn: string;
    id: string;
    olds: Properties;
    oldInputs: Properties;
    news: Properties;
    ignoreChanges: string[];
  }): Promise<DiffResult>;
  /** @throws PartialFailure when something now exists that the state must remember. */
  create(request: {
    urn: string;
    inputs: Properties;
    preview: boolean;
    timeoutSeconds: number;
  }): Promise<{ id: string; state: Properties }>;
  /**
   * @returns undefined when the thing is gone for certain.
   * @throws PartialFailure when it cannot be told: the engine keeps the old state and marks it.
   */
  read(request: {
    urn: string;
    id: string;
    inputs?: Properties;
    state?: Properties;
  }): Promise<{ id: string; inputs: Properties; state: Properties } | undefined>;
  update(request: {
    urn: string;
    id: string;
    olds: Properties;
    oldInputs: Properties;
    news: Properties;
    preview: boolean;
    timeoutSeconds: number;
    ignoreChanges: string[];
  }): Promise<{ state: Properties }>;
  delete(request: {
    urn: string;
    id: string;
    inputs?: Properties;
    state: Properties;
    timeoutSeconds: number;
  }): Promise<void>;
}

export interface Plugin {
  name: string;
  version: string;
  /** Called once with the provider's configuration before any resource. */
  configure?(config: Properties): Promise<void>;
  resources: Record<string, ResourceType>;
  functions?: Record<string, (args: Properties) => Promise<Properties>>;
  /** Called when the engine asks to stop: let running work reach a safe point. */
  cancel?(): void;
  /** Called once before the process ends. */
  close?(): Promise<void>;
}

/**
 * The thing exists, or may exist, but did not reach the wanted state: the engine keeps `state` and reports `reasons`.
 */
export class PartialFailure extends Error {
  readonly id: string;
  readonly state: Properties;
  readonly inputs: Properties;
  readonly reasons: string[];
  constructor(id: string, state: Properties, inputs: Properties, reasons: string[]) {
    super(reasons.join("\n"));
    this.name = "PartialFailure";
    this.id = id;
    this.state = state;
    this.inputs = inputs;
    this.reasons = reasons;
  }
}
