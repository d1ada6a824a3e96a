import { z } from "zod";

/** `planned`: modelled, checked and shown, but not deployed. */
export const statusSchema = z.enum(["active", "planned"]).default("active");
export type Status = z.output<typeof statusSchema>;

/** Marks something as modelled but switched off: `planned(wrangler({…}))`. */
export const planned = <T extends object>(thing: T): T & { status: "planned" } => ({ ...thing, status: "planned" });

/** Whether it is to be deployed. */
export const isActive = (thing: { status?: Status }): boolean => thing.status !== "planned";
