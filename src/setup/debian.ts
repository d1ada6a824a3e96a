import { readdir, readFile } from "node:fs/promises";
import type { SetupContext } from "./context.ts";
import { labPackages } from "./lab-packages.ts";
import { withLock } from "./lock.mjs";
import { cacheDir } from "./paths.ts";
import { run } from "./run.ts";

/** Why this machine can't run the lab, whatever is installed; undefined when it can. */
export async function labBlocker(): Promise<string | undefined> {
  if (process.platform !== "linux") return `the lab needs Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return "the lab needs root: it boots machines and makes networks";
  if (!(await isDebian())) return "the lab needs Debian or Ubuntu, whose packages its machines are made of";
  return undefined;
}

/** From os-release(5): Debian, Ubuntu or what calls itself like them. */
const isDebian = async (): Promise<boolean> =>
  /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(await readFile("/etc/os-release", "utf8").catch(() => ""));

const ALL = Object.keys(labPackages);

/** Those of the lab's packages that are not installed. */
export async function missingPackages(names: string[] = ALL): Promise<string[]> {
  // What is installed has its checksums there; only when some are not, dpkg has to be asked, which costs two processes.
  const info = new Set(
    (await readdir("/var/lib/dpkg/info").catch(() => [])).map((file) => file.replace(/:\w+(?=\.)/, "")),
  );
  if (names.every((name) => info.has(`${name}.md5sums`))) return [];
  // dpkg-query fails when it knows nothing of one of them; what it knows of the others it prints all the same.
  const list = await run("sh", [
    "-c",
    `dpkg-query -W -f '\${Package} \${db:Status-Status}\\n' "$@" 2>/dev/null || :`,
    "sh",
    ...names,
  ]);
  const installed = new Set(
    list
      .split("\n")
      .filter((line) => line.endsWith(" installed"))
      .map((line) => line.split(" ")[0]),
  );
  return names.filter((name) => !installed.has(name));
}

/** Installs what is missing of the lab's packages. Only called where labBlocker() finds nothing. */
export async function ensurePackages(context: SetupContext, names: string[] = ALL): Promise<void> {
  if ((await missingPackages(names)).length === 0) return;
  const onWait = () => context.progress.say("… waiting for another set-up to install packages");
  await withLock(
    `${cacheDir}/packages.lock`,
    async () => {
      const missing = await missingPackages(names);
      if (missing.length > 0)
        await context.progress.step(`Install Debian packages: ${missing.join(", ")}`, () =>
          install(missing, context.signal),
        );
    },
    { onWait },
  );
}

async function install(names: string[], signal: AbortSignal): Promise<void> {
  const options = { signal, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" } };
  const wait = ["-o", "DPkg::Lock::Timeout=300"];
  try {
    await run("dpkg", ["--configure", "-a"], options); // an installation that was interrupted blocks every later one
    await run("apt-get", ["-q", "update", ...wait], options);
    await run("apt-get", ["-q", "-y", "--no-install-recommends", "install", ...names, ...wait], options);
  } catch (error) {
    throw new Error(
      `The lab's Debian packages could not be installed. Install them by hand: apt-get install ${names.join(" ")}\n` +
        (error as Error).message,
      { cause: error },
    );
  }
}
