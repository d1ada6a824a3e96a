/**
 * The program that stays on the far side for the life of a connection, in POSIX sh with coreutils. It reads scripts
 * from stdin, each as a line "ID SECONDS BYTES" and then BYTES bytes that end with "# end ID", and answers each with a
 * line "fleet-done ID EXITCODE STDOUT-BYTES STDERR-BYTES" and then the two outputs.
 *
 * - A script starts only when its last line has arrived, so a broken connection never cuts one in half.
 * - Output goes to files first, so a script outlives its connection: it never writes to a pipe that may break.
 * - Scripts come through a pipe, never as arguments, so that no process list shows them. Each closes it for what it
 *   starts: who went on living with
 *   it would keep a script that ended early from being over.
 *
 * Each process that it starts costs every host some milliseconds for every script.
 * It holds no single quote, so that any login shell (sh, bash, zsh, fish) can pass it on in single quotes.
 */
export const RUNNER = `
trap : HUP PIPE
root=; [ "$(id -u)" = 0 ] || root="sudo -n"
$root true || exit 77
dir=$(mktemp -d /run/fleet.XXXXXXXX 2>/dev/null || mktemp -d /tmp/fleet.XXXXXXXX) || exit 78
trap "rm -rf $dir" EXIT
run="trap \\"\\" HUP; export LC_ALL=C PATH=\\$PATH:/usr/local/sbin:/usr/sbin:/sbin; exec 3<&0 </dev/null; . /dev/fd/3"
key=/etc/ssh/ssh_host_ed25519_key.pub
if [ -r $key ]; then read -r key <$key; else key=; fi
echo "fleet-ready $key"
while read -r id seconds bytes; do
  script=$(head -c "$bytes")
  case $script in *"# end $id") ;; *) exit 0 ;; esac
  printf "exec 3<&-\\n%s" "$script" | $root timeout -k 10 "$seconds" sh -c "$run" >"$dir/out" 2>"$dir/err"
  code=$?
  script=
  set -- $(wc -c "$dir/out" "$dir/err")
  echo fleet-done "$id" "$code" "$1" "$3"
  cat "$dir/out" "$dir/err"
done`.trim();

/** Exit code of the runner when the user may not become root. */
export const NO_ROOT = 77;
/** Exit codes of coreutils' timeout: ended by TERM, by KILL. */
export const TIMEOUT_CODES = [124, 137];

const READY = /^fleet-ready ?(?:(\S+ \S+).*)?$/;
const DONE = /^fleet-done (\d+) (\d+) (\d+) (\d+)$/;

/** One script as the runner reads it. */
export function frame(id: number, script: string, seconds: number): Buffer {
  const body = Buffer.from(`${script}\n# end ${id}`);
  return Buffer.concat([Buffer.from(`${id} ${seconds} ${body.length}\n`), body]);
}

export type RunnerEvent =
  | { kind: "ready"; hostKey?: string }
  | { kind: "done"; id: number; exitCode: number; stdout: string; stderr: string };

/**
 * Turns the runner's output, in chunks of any size, into events. Lines that are not its own (a login message) are
 * skipped.
 */
export function runnerReader(onEvent: (event: RunnerEvent) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let size = 0;
  let wanted = 0;
  let header: RegExpExecArray | null = null;

  const take = (): Buffer => {
    const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    chunks = [];
    size = 0;
    return all;
  };
  const keep = (rest: Buffer) => {
    if (rest.length === 0) return;
    chunks.push(rest);
    size += rest.length;
  };
  const finish = (body: Buffer) => {
    const [id, exitCode, out, err] = header!.slice(1).map(Number) as [number, number, number, number];
    header = null;
    onEvent({
      kind: "done",
      id,
      exitCode,
      stdout: body.toString("utf8", 0, out),
      stderr: body.toString("utf8", out, out + err),
    });
  };

  return (chunk) => {
    keep(chunk);
    for (;;) {
      if (header) {
        if (size < wanted) return;
        const all = take();
        keep(all.subarray(wanted));
        finish(all.subarray(0, wanted));
        continue;
      }
      const all = size === 0 ? Buffer.alloc(0) : take();
      const end = all.indexOf(0x0a);
      keep(end < 0 ? all : all.subarray(end + 1));
      if (end < 0) return;
      const line = all.toString("utf8", 0, end);
      const ready = READY.exec(line);
      if (ready) onEvent({ kind: "ready", hostKey: ready[1] });
      header = DONE.exec(line);
      if (header) wanted = Number(header[3]) + Number(header[4]);
    }
  };
}
