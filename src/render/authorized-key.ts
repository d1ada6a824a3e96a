import { joinText, type Ref, type Text } from "../model/text.ts";
import { mapPlain, oneLine, RenderError } from "./one-line.ts";

/** A key that may log in, and what it may do. */
export interface AuthorizedKey {
  /** "ssh-ed25519 AAAA…", or publicKey("name") for a key that the fleet makes. */
  key: string | Ref;
  /** The only command that the key may run, whatever the client asks for. */
  command?: Text;
  /** Addresses or patterns that it may come from; a reference such as addressOf("ghost-01") works. */
  from?: readonly (string | Ref)[];
  /** No forwarding, no terminal. Left out, a key is restricted when it has a command. */
  restrict?: boolean;
}

/**
 * One line of authorized_keys (sshd(8)).
 * @throws RenderError when a part would not stay inside its quotation marks or on its line.
 */
export function authorizedKey({ key, command, from, restrict = command !== undefined }: AuthorizedKey): Text {
  const options: Text[] = [];
  if (restrict) options.push("restrict");
  if (command !== undefined)
    options.push(joinText(['command="', mapPlain(oneLine("authorized key: command", command), escape), '"']));
  if (from)
    options.push(
      joinText([
        'from="',
        joinText(
          from.map((f) => (typeof f === "string" ? pattern(f) : f)),
          ",",
        ),
        '"',
      ]),
    );
  if (typeof key === "string" && !/^(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,3}( [^\n\r\0]*)?$/.test(key)) {
    throw new RenderError("authorized key", 'must be a public key as "ssh-ed25519 AAAA…"');
  }
  return joinText([...(options.length ? [joinText(options, ","), " "] : []), key]);
}

const escape = (plain: string): string => plain.replaceAll('"', '\\"');

const pattern = (from: string): string => {
  if (!/^!?[\w.:*?/-]+$/.test(from))
    throw new RenderError("authorized key: from", `${JSON.stringify(from)} is not an address, network or pattern`);
  return from;
};
