import { z } from "zod";

const known = (name: string): boolean => {
  try {
    return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
};

/** An IANA time zone, such as "UTC" or "Europe/Helsinki". */
export const timeZoneSchema = z.string().refine(known, 'must be an IANA time zone such as "UTC" or "Europe/Helsinki"');
