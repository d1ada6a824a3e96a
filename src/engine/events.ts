/**
 * The engine's event log, one JSON object a line, as far as the fleet command reads it (apitype.EngineEvent of Pulumi's
 * sdk/go).
 */

export interface EngineEvent {
  sequence: number;
  /** Seconds since 1970. */
  timestamp: number;
  diagnosticEvent?: {
    urn?: string;
    message: string;
    severity: "debug" | "info" | "info#err" | "warning" | "error";
    /** It is about a thing that is to be deleted and is protected (protectedInWords). */
    isKept?: true;
  };
  resourcePreEvent?: { metadata: StepMetadata; planning?: boolean };
  resOutputsEvent?: { metadata: StepMetadata; planning?: boolean };
  resOpFailedEvent?: { metadata: StepMetadata };
  summaryEvent?: {
    isPreview: boolean;
    durationSeconds: number;
    resourceChanges: Record<string, number>;
    result?: string;
  };
}

export interface StepMetadata {
  op: string;
  urn: string;
  type: string;
  old?: StateMetadata | null;
  new?: StateMetadata | null;
  /** Top-level keys that differ, where the provider gave no detailed diff. */
  diffs?: string[] | null;
  detailedDiff?: Record<string, { diffKind: string; inputDiff: boolean }> | null;
}

export interface StateMetadata {
  type: string;
  urn: string;
  custom?: boolean;
  id: string;
  parent: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  initErrors?: string[];
}

/**
 * Splits a growing log into events, without the debug ones; the rest of an unfinished line is kept for the next call.
 */
export function eventReader(onEvent: (event: EngineEvent) => void): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const event = line === "" ? undefined : parseEvent(line);
      if (event && event.diagnosticEvent?.severity !== "debug") onEvent(event);
    }
  };
}

/** The engine marks a secret by this key, and has already taken its value out. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";
export const SECRET = "[secret]";

const parseEvent = (line: string): EngineEvent =>
  (line.includes(SECRET_MARK)
    ? JSON.parse(line, (_key, value: unknown) =>
        typeof value === "object" && value !== null && SECRET_MARK in value ? SECRET : value,
      )
    : JSON.parse(line)) as EngineEvent;

/** The last part of a URN: the resource's name. */
export const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);
/** The type of the resource itself, without its parents' types. */
export const typeOf = (urn: string): string => (urn.split("::")[2] ?? "").split("$").at(-1)!;
