/**
 * The programs that ours is measured beside, as those that run in the end: in a PATH there may be shims, which look for
 * the program of some version and start it, and that takes longer than the program's own start.
 *
 * @module
 */

import { basename, join } from "node:path";

/** A program that is started as it is. */
export interface PeerProgram {
  readonly name: string;
  /** Absolute path of it. */
  readonly path: string;
  readonly version: string;
  /** What the name leads to in the PATH, if that is a shim. */
  readonly shim?: string;
}

/** What has some programs tell their own path, and then their version. */
const ASKED: Readonly<Record<string, readonly string[]>> = {
  python3: ["-c", "import sys; print(sys.executable); print(sys.version.split()[0])"],
  node: ["-p", 'process.execPath + "\\n" + process.versions.node'],
};

/** The programs of version managers that stand behind links with the names of others. */
const MANAGERS = /^(?:mise|rtx|asdf|volta-shim|proto-shim|shim)$/;

const SHELL_SCRIPT = /^#!\s*(?:\S*\/env\s+(?:-S\s+)?)?(?:\S*\/)?(?:ba|da|z|k|fi)?sh\b/;

const found = new Map<string, PeerProgram>();

/** The program that runs when one of the PATH is called; `undefined` if there is none. */
export async function peerProgram(name: string): Promise<PeerProgram | undefined> {
  const program = found.get(name) ?? await programIn(Deno.env.get("PATH") ?? "", name);
  if (program !== undefined) found.set(name, program);
  return program;
}

/** Looks for a package of npm in a folder of them; whether it is there. */
export async function hasPackage(name: string, folder: string): Promise<boolean> {
  const path = join(folder, name);
  try {
    const { version } = JSON.parse(await Deno.readTextFile(join(path, "package.json")));
    found.set(name, { name, path, version });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What has been found so far, a line for each. */
export function peersTold(): readonly string[] {
  return [...found.values()].map(toldOf);
}

/** A program with its version and path, and the shim that is not measured, or is. */
export function toldOf({ name, path, version, shim }: PeerProgram): string {
  const told = `${name}: ${version}, ${path}`;
  if (shim === undefined) return told;
  return shim === path
    ? `${told}, a shim, whose own start is measured too`
    : `${told}, not by its shim ${shim}`;
}

/** The same, in a PATH. */
export async function programIn(path: string, name: string): Promise<PeerProgram | undefined> {
  const candidates = path.split(":").map((folder) => join(folder, name)).filter(isExecutable);
  const [first] = candidates;
  if (first === undefined) return undefined;
  const asked = ASKED[name];
  if (asked !== undefined) {
    const [own, version] = await linesOf(path, first, asked);
    if (own === undefined || version === undefined) return undefined;
    const isOther = Deno.realPathSync(own) !== Deno.realPathSync(first);
    return { name, path: own, version, ...isOther ? { shim: first } : {} };
  }
  const chosen = candidates.find((candidate) => !isShim(candidate)) ?? first;
  const [version = "of no version"] = await linesOf(path, chosen, ["--version"]);
  return { name, path: chosen, version, ...isShim(first) ? { shim: first } : {} };
}

function isExecutable(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

/** Whether it only starts another: programs that we are measured beside are no shell scripts. */
function isShim(path: string): boolean {
  if (MANAGERS.test(basename(Deno.realPathSync(path)))) return true;
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(128);
  const length = file.readSync(bytes) ?? 0;
  return SHELL_SCRIPT.test(new TextDecoder().decode(bytes.subarray(0, length)));
}

/** What a program prints, but for empty lines. */
async function linesOf(
  path: string,
  program: string,
  args: readonly string[],
): Promise<readonly string[]> {
  const { stdout } = await new Deno.Command(program, {
    args: [...args],
    env: { PATH: path },
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line.trim() !== "");
}
