import { randomBytes } from "node:crypto";

/**
 * The program that stays on the far side for the life of a connection, in POSIX sh with coreutils. It reads scripts
 * from stdin, each as a line "ID SECONDS BYTES" and then BYTES bytes that end with "# end ID", and answers each with a
 * line "MARK done ID EXITCODE STDOUT-BYTES STDERR-BYTES", the two outputs, and a line "MARK end ID".
 *
 * - A script starts only when its last line has arrived, so a broken connection never cuts one in half.
 * - Output goes to files first, so a script outlives its connection: it never writes to a pipe that may break. Each
 *   script has files of its own, so what one has left running writes into no other's answer.
 * - Scripts come through a pipe, never as arguments, so that no process list shows them. Each closes it for what it
 *   starts: who went on living with
 *   it would keep a script that ended early from being over.
 * - Nobody else knows the mark, so nothing that a login prints can pass for an answer. The program's own text, which
 *   some logins print too, holds it only before a line feed.
 * - What a login has set and exported (SHELLOPTS of bash, the umask) does not bend scripts.
 *
 * Each process that it starts costs every host some milliseconds for every script.
 * It holds no single quote, so that any login shell (sh, bash, zsh, fish) can pass it on in single quotes.
 */
export const runner = (mark: string): string =>
  `
trap : HUP PIPE
set +Cefuvx
umask 022
mark=${mark}
root=; [ "$(id -u)" = 0 ] || root="sudo -n"
$root true || exit ${NO_ROOT}
dir=$(mktemp -d /run/fleet.XXXXXXXX 2>/dev/null || mktemp -d /tmp/fleet.XXXXXXXX) || exit ${NO_FOLDER}
trap "rm -rf $dir" EXIT
run="trap \\"\\" HUP; export LC_ALL=C PATH=\\$PATH:/usr/local/sbin:/usr/sbin:/sbin; exec 3<&0 </dev/null; . /dev/fd/3"
key=/etc/ssh/ssh_host_ed25519_key.pub
if [ -r $key ]; then read -r key <$key; else key=; fi
echo "$mark ready $key"
while read -r id seconds bytes; do
  script=$(head -c "$bytes")
  case $script in *"# end $id") ;; *) exit 0 ;; esac
  out=$dir/$id.out err=$dir/$id.err
  printf "exec 3<&-\\n%s" "$script" | $root timeout -k 10 "$seconds" sh -c "$run" >"$out" 2>"$err"
  code=$?
  script=
  set -- $(wc -c "$out" "$err")
  echo "$mark done $id $code $1 $3"
  cat "$out" "$err"
  echo "$mark end $id"
  : >"$out" >"$err"
done`.trim();

/** A mark for one connection. */
export const newMark = (): string => `fleet-${randomBytes(16).toString("hex")}`;

/** Exit codes of the runner: the user may not become root; there is no place for a script's output. */
export const NO_ROOT = 77;
export const NO_FOLDER = 78;
/** Exit codes of coreutils' timeout: ended by TERM, by KILL. */
export const TIMEOUT_CODES = [124, 137];

/** One script as the runner reads it. */
export function frame(id: number, script: string, seconds: number): Buffer {
  const body = Buffer.from(`${script}\n# end ${id}`);
  return Buffer.concat([Buffer.from(`${id} ${seconds} ${body.length}\n`), body]);
}
