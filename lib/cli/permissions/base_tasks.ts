/**
 * The tasks of another tasks file, or of one as it was in a revision of git, to hold those of now against.
 *
 * @module
 */

import { basename, dirname, join, posix, relative, resolve } from "node:path";
import { loadTasks } from "../../api/run_api.ts";
import { Fault, messageOf } from "../../fault.ts";
import type { Task } from "../../job.ts";
import { KINDS, type Permissions } from "../../rules/permissions.ts";
import { isScript } from "../request/tasks_request.ts";

/** Tasks to compare with. Where they are of another place, paths in their permissions are as seen from this one. */
export interface BaseTasks {
  /** What they are of, as it was named, with the path of the file. */
  readonly name: string;
  /** None if the revision has no such file, or has a link in its place. */
  readonly tasks?: readonly Task[];
  /** Whether it has a link, which is not followed: it may lead to what is of no revision. @default false */
  readonly isLink?: boolean;
}

/** What moves paths: those that begin so begin otherwise. */
type Moves = readonly (readonly [from: string, to: string])[];

/** The files in which Deno has sets of permissions. */
const CONFIGS = ["deno.json", "deno.jsonc"];

/**
 * Loads the tasks to compare with. Nothing that they name is run, nor looked at.
 *
 * @param base A path of a tasks file; a revision of git, for the same path; or `REVISION:PATH`, as git has it: `PATH`
 * is of the repository, or of `here` if it begins with a dot.
 * @param file Absolute path of the tasks file of now.
 * @param here The folder that a path starts from.
 * @throws {Fault} Of kind `usage`, if there is no such base; `tasks`, if something is wrong in it, or it is code.
 */
export async function loadBase(base: string, file: string, here: string): Promise<BaseTasks> {
  const home = dirname(file);
  const path = resolve(here, base);
  if (isFile(path)) {
    refuseCode(base);
    const tasks = await loadTasks(path, { modules: "unread" });
    return { name: base, tasks: tasks.map((task) => moved(task, [[dirname(path), home]])) };
  }
  return await loadRevision(await revisionOf(base, file, here), home);
}

async function loadRevision(
  { commit, prefix, path, name }: Revision,
  home: string,
): Promise<BaseTasks> {
  refuseCode(path);
  const top = topOf(Deno.realPathSync(home), prefix);
  const mirror = Deno.makeTempDirSync({ prefix: "fanfold-base-" });
  try {
    const folder = mirror + top.replace(/^[A-Za-z]:/, "");
    const found = await writeFiles(commit, path, home, folder);
    if (found !== "file") return { name, isLink: found === "link" };
    copyConfigs(dirname(top), mirror);
    const there = join(folder, path);
    const tasks = await loadTasks(there, { modules: "unread" })
      .catch((thrown) => withName(thrown, there, name));
    const moves: Moves = [[folder, top], [join(top, posix.dirname(path)), home]];
    return { name, tasks: tasks.map((task) => moved(task, moves)) };
  } finally {
    Deno.removeSync(mirror, { recursive: true });
  }
}

/** @throws {Fault} Of kind `tasks`, for a tasks file that is code. */
export function refuseCode(file: string): void {
  if (!isScript(file)) return;
  throw new Fault("tasks", `Cannot compare the permissions of "${file}": it is code`, {
    hint: "whatever its tasks are held to, it does in fanfold itself what fanfold may",
  });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

interface Revision {
  /** Id of the commit. */
  readonly commit: string;
  /** The folder of the tasks file of now in the repository, with a slash behind it; empty for its top. */
  readonly prefix: string;
  /** Path of the tasks file in the repository. */
  readonly path: string;
  readonly name: string;
}

async function revisionOf(base: string, file: string, here: string): Promise<Revision> {
  // As git sees it, which follows links.
  const home = Deno.realPathSync(dirname(file));
  const cannot = `Cannot compare with "${base}": there is no such file`;
  const prefix = await git(home, "rev-parse", "--show-prefix");
  if ("refusal" in prefix) {
    throw new Fault("usage", `${cannot}, and git says of "${home}": ${prefix.refusal}`);
  }
  const [, revision = "", named] = /^([^:]*)(?::(.*))?$/s.exec(base) ?? [];
  const spec = `${revision}^{commit}`;
  const isWord = revision !== "" && !revision.startsWith("-");
  const commit = isWord ? await git(home, "rev-parse", "--verify", "--quiet", spec) : NOTHING;
  if ("refusal" in commit) {
    throw new Fault("usage", `${cannot}, and git knows no such revision`, {
      hint: "one that a server has is known after: git fetch origin REVISION",
    });
  }
  const inFolder = text(prefix.bytes).replace(/\n$/, "");
  const top = topOf(home, inFolder);
  const path = named === undefined
    ? inFolder + basename(file)
    : /^\.\.?\//.test(named)
    ? relative(top, resolve(here, named))
    : posix.normalize(named);
  if (/^(?:\.|\.\.\/.*|\.\.|\/.*)$/s.test(path)) {
    const found = `"${named}" is no file of the repository`;
    throw new Fault("usage", `Cannot compare with "${base}": ${found}, wanted REVISION:PATH`);
  }
  return { commit: text(commit.bytes).trim(), prefix: inFolder, path, name: `${revision}:${path}` };
}

/** Absolute folder of a repository that a folder is in, by the path of the folder in it. */
function topOf(folder: string, prefix: string): string {
  return resolve(folder, relative(`/${prefix}`, "/"));
}

/**
 * Writes a file of a commit, and the configurations of Deno in the folders around it, into a folder that stands for the
 * top of the repository. Tells what the commit has at the path.
 */
async function writeFiles(
  commit: string,
  path: string,
  home: string,
  folder: string,
): Promise<"file" | "link" | "nothing"> {
  const around = foldersAbove(path).flatMap((above) => CONFIGS.map((name) => above + name));
  const args = ["ls-tree", "-z", "--full-tree", commit, "--", path, ...around];
  const listed = await git(home, ...args);
  let found: "file" | "link" | "nothing" = "nothing";
  for (const entry of "bytes" in listed ? text(listed.bytes).split("\0") : []) {
    const [, mode, id, name] = /^(\d+) blob (\w+)\t(.*)$/s.exec(entry) ?? [];
    if (id === undefined || name === undefined) continue;
    const isLink = mode === "120000";
    if (name === path) found = isLink ? "link" : "file";
    if (isLink) continue;
    const blob = await git(home, "cat-file", "blob", id);
    if ("refusal" in blob) {
      throw new Fault("usage", `Cannot read "${name}" of ${commit}: git says: ${blob.refusal}`);
    }
    Deno.mkdirSync(dirname(join(folder, name)), { recursive: true });
    Deno.writeFileSync(join(folder, name), blob.bytes);
  }
  return found;
}

/** The folders of a path in a repository, each with a slash behind it: `a/b/`, `a/` and the top, which is empty. */
function foldersAbove(path: string): readonly string[] {
  const folder = posix.dirname(path);
  return folder === "." ? [""] : [`${folder}/`, ...foldersAbove(folder)];
}

/** What lies around the repository is of no revision: it counts as it is. */
function copyConfigs(folder: string, mirror: string): void {
  for (const name of CONFIGS) {
    const copy = mirror + join(folder, name).replace(/^[A-Za-z]:/, "");
    if (!isFile(join(folder, name))) continue;
    Deno.mkdirSync(dirname(copy), { recursive: true });
    Deno.copyFileSync(join(folder, name), copy);
  }
  if (dirname(folder) !== folder) copyConfigs(dirname(folder), mirror);
}

/** A task whose permissions have the paths of another place. */
function moved(task: Task, moves: Moves): Task {
  const { permissions } = task;
  if (!permissions) return task;
  const lists = KINDS.flatMap((kind) => {
    const grant = permissions[kind];
    const list = typeof grant === "boolean" ? grant : grant.map((each) => movedPath(each, moves));
    return [[kind, list] as const];
  });
  const all = Object.fromEntries(lists) as unknown as Permissions;
  return { ...task, permissions: { ...all, isBestEffort: permissions.isBestEffort } };
}

function movedPath(path: string, moves: Moves): string {
  return moves.reduce((path, [from, to]) => {
    const isBelow = path === from || path.startsWith(`${from}/`);
    return isBelow ? to + path.slice(from.length) : path;
  }, path);
}

/** A fault of a file that was written for us, with the name of what it stands for. */
function withName(thrown: unknown, path: string, name: string): never {
  if (!(thrown instanceof Fault)) throw thrown;
  const mistakes = thrown.mistakes.map(({ at, ...mistake }) => ({
    ...mistake,
    at: at?.file === path ? { ...at, file: name } : at,
  }));
  throw new Fault(thrown.kind, thrown.message, { mistakes, cause: thrown.cause });
}

/** What git prints, or why it does nothing. */
type Printed = { readonly bytes: Uint8Array } | { readonly refusal: string };

/** What git is not asked for is not there. */
const NOTHING: Printed = { refusal: "" };

/** @throws {Fault} Of kind `usage`, if git cannot be started. */
async function git(cwd: string, ...args: readonly string[]): Promise<Printed> {
  const command = new Deno.Command("git", { args: [...args], cwd, stdin: "null" });
  try {
    const { success, stdout, stderr } = await command.output();
    return success ? { bytes: stdout } : { refusal: text(stderr).split("\n", 1)[0] ?? "" };
  } catch (cause) {
    throw new Fault("usage", `Cannot look for a revision of git: ${messageOf(cause)}`, { cause });
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
