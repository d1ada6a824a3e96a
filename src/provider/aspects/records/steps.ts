import type { Shape } from "../shape.ts";

export type RecordsStep = {
  do: "records";
  keeper: string;
  verb: "write" | "remove";
  records: Shape["records"][string];
};
