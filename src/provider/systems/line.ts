import type { Shape } from "../aspects/shape.ts";
import type { Step } from "../aspects/steps.ts";

/** How we log in on a host. */
export interface Line {
  user: string;
  home?: string;
  port?: number;
  address?: string;
}
export const lineCutBy = (_steps: readonly Step[], _desired: Shape, _found: Shape, _line: Line): string | undefined => undefined;
