import { html, type Html } from "../../markup/html.ts";

/** A point in time as people read it, in UTC, so that it is the same everywhere; what is no time is shown as it is. */
export function instant(time: Date | string): Html {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return html`${String(time)}`;
  const iso = date.toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time>`;
}
