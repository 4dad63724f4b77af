/**
 * Runs tasks with everything allowed, and tells what would have been enough: `fanfold run --learn`.
 *
 * @module
 */

import { tmpdir } from "node:os";
import { basename, dirname } from "node:path";
import { importedData } from "../engines/processes/imported_data.ts";
import { Fault, messageOf } from "../fault.ts";
import type { Task } from "../job.ts";
import { pasteLine, tomlValue, yamlLines } from "../learn/block_text.ts";
import { findStrace, Learner, programPath, type Strace } from "../learn/learner.ts";
import { learntPermissions, takenAway, wideFolders } from "../learn/learnt.ts";
import { withPermissions } from "../learn/written_permissions.ts";
import { KINDS, type Permissions, permissionsOf } from "../rules/permissions.ts";
import type { PermissionsRecord } from "../rules/permissions.ts";
import { type Format, formatOf } from "../tasks_file/format.ts";
import { atMost } from "../watchdog/signals.ts";
import { Interrupt, type Io } from "./command.ts";
import { perform } from "./perform.ts";
import type { RunRequest } from "./request/run_request.ts";

export interface LearningOptions {
  /** Absolute path of the tasks file. */
  readonly file: string;
  /** Whether what was learnt is put into it. */
  readonly writes: boolean;
}

/** What functions may do while it is learnt what they need. */
const EVERYTHING: Permissions = permissionsOf(
  Object.fromEntries(KINDS.map((kind) => [kind, true])),
  "/",
);

interface Learnt {
  readonly task: Task;
  readonly record: PermissionsRecord;
}

/** Where programs put what they need for a while, beside the folder that TMPDIR names. */
const TEMPORARY = ["/tmp", "/var/tmp", "/dev/shm"];

/**
 * Runs tasks to their end, tells the permissions that each would have needed, and gives the exit code of the run.
 *
 * @throws {Fault} If a task is one of which nothing can be learnt here, or the tasks file cannot be written.
 */
export async function performLearning(
  request: RunRequest,
  { file, writes }: LearningOptions,
  io: Io,
): Promise<number> {
  const { tasks } = request;
  refuseCompiled(tasks);
  const format = formatOf(file);
  const written = writes ? new WrittenFile(file) : undefined;
  const hasCommands = tasks.some(isCommand);
  const strace: Strace = hasCommands ? await findStrace() : { wanting: "" };
  if ("wanting" in strace && hasCommands) await tellWanting(strace.wanting, tasks, io);
  await tellSetAside(tasks, io);
  using learner = new Learner(tasks, strace);
  // Then all ends at once, and nothing is disposed of.
  io.killSignal.addEventListener("abort", () => learner[Symbol.dispose]());
  const free = tasks.map((task): Task => ({
    ...task,
    permissions: isCommand(task) ? undefined : EVERYTHING,
    isolation: "process",
  }));
  const learnable = "path" in strace ? tasks : tasks.filter((task) => !isCommand(task));
  const tellAll = async (end: End) => {
    const all: Learnt[] = [];
    for (const task of learnable) all.push(await tellLearnt(task, learner, { file, format }, io));
    if (all.some(({ task }) => isCommand(task))) await io.tell(UNSEEN_OF_COMMANDS);
    if (all.length > 0) await io.tell(UNSEEN);
    if (written && all.length > 0) await write(written, all, { end, format }, io);
  };
  let code: number;
  try {
    code = await perform({ ...request, tasks: free, learning: learner }, io);
  } catch (thrown) {
    // What does not end by itself, as a server, is learnt until it is ended.
    if (thrown instanceof Interrupt) await atMost(LAST_WORDS_MS, tellAll("interrupted"));
    throw thrown;
  }
  await tellAll(code === 0 ? "well" : "badly");
  return code;
}

/** How the run came to its end that something is learnt of. */
type End = "well" | "badly" | "interrupted";

/** How long a program that was asked to end waits for a reader to take what was learnt, in ms. */
const LAST_WORDS_MS = 2_000;

const UNSEEN = "other inputs and other ways through the code may need more than this run did";
const UNSEEN_OF_COMMANDS =
  "which variables a command reads cannot be learnt: it had PATH, the env of its task, and what env listed in its permissions";

function isCommand({ action }: Task): boolean {
  return action.kind !== "function";
}

/** @throws {Fault} Of kind `usage`. */
function refuseCompiled(tasks: readonly Task[]): void {
  const task = tasks.find((task) => !isCommand(task));
  if (!Deno.build.standalone || !task) return;
  const why = "a compiled program notes nothing of what its functions access";
  throw new Fault("usage", `Cannot learn the permissions of task "${task.name}": ${why}`, {
    hint: "run fanfold by Deno for that",
  });
}

async function tellWanting(wanting: string, tasks: readonly Task[], io: Io): Promise<void> {
  const names = tasks.filter(isCommand).map(({ name }) => `"${name}"`).join(", ");
  await io.tell(`what commands access cannot be learnt, for ${wanting}`, [
    `nothing will be told of ${names}`,
  ]);
}

async function tellSetAside(tasks: readonly Task[], io: Io): Promise<void> {
  const names = tasks.filter(({ permissions }) => permissions).map(({ name }) => `"${name}"`);
  if (names.length === 0) return;
  await io.tell(`this run may do anything: the permissions of ${names.join(", ")} are set aside`);
}

/** Tells what a task would have needed, as it is to stand in its file. */
async function tellLearnt(
  task: Task,
  learner: Learner,
  { file, format }: { readonly file: string; readonly format?: Format },
  io: Io,
): Promise<Learnt> {
  const home = dirname(file);
  const accesses = learner.accessesOf(task, task.cwd ?? Deno.cwd());
  // Deno loads it with the module, and notes nothing.
  const imported = isCommand(task) ? [] : await importedData(task);
  for (const path of imported) accesses.add("read", path);
  const learnt = learntPermissions(accesses, {
    home,
    temporary: [...new Set([tmpdir(), ...TEMPORARY])],
    userHome: Deno.env.get("HOME"),
    exists,
    isNew: (path) => learner.isNew(path),
    runs: isCommand(task) ? "command" : "function",
    variables: Object.keys(task.env),
    programPath,
  });
  const record = { ...learnt, ...isCommand(task) && unlearnable(task) };
  await io.tell(`task "${task.name}" has needed no more than this`, blockLines(record, format));
  const gone = takenAway(task.permissions, record, home);
  if (gone.length > 0) await io.tell(`task "${task.name}" has not needed`, gone);
  for (const folder of wideFolders(record, home)) {
    await io.tell(
      `of task "${task.name}": to list ${folder} takes leave to read all that is in it`,
    );
  }
  for (const remark of accesses.remarks) await io.tell(`of task "${task.name}": ${remark}`);
  return { task, record };
}

/** What the permissions of a command say already of which nothing can be learnt. */
function unlearnable({ permissions }: Task): PermissionsRecord {
  if (!permissions) return {};
  return {
    env: permissions.env,
    ...permissions.isBestEffort && { commands: "best-effort" },
  };
}

function blockLines(record: PermissionsRecord, format: Format | undefined): readonly string[] {
  switch (format) {
    case "toml":
      return [`permissions = ${tomlValue(record)}`];
    case "json":
    case "jsonc":
    case "script":
      return [pasteLine(record, { isJson: format !== "script" })];
    default:
      return yamlLines(record);
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

async function write(
  written: WrittenFile,
  all: readonly Learnt[],
  { end, format }: { readonly end: End; readonly format?: Format },
  io: Io,
): Promise<void> {
  const name = basename(written.path);
  const nothing = (why: string, hint: string) =>
    io.tell(`nothing was written into "${name}": ${why}`, [`hint: ${hint}`]);
  if (end === "interrupted") {
    await nothing("the run has not come to its end", "paste what is told above if it is enough");
  } else if (end === "badly") {
    const hint = all.some(({ task }) => isCommand(task))
      ? "where a command misses a variable, list it before: permissions: { env: [HOME] }"
      : "what a failed job would have needed is not known";
    await nothing("not every job ended well", hint);
  } else if (format === undefined || format === "script") {
    await nothing("it is a program", "paste what is told above into its tasks");
  } else {
    let { text } = written;
    for (const { task, record } of all) {
      const changed = await withPermissions(text, format, task.name, record);
      if (changed === undefined) {
        const what = `the permissions of task "${task.name}" cannot be put there`;
        return void await nothing(what, "paste what is told above");
      }
      text = changed;
    }
    if (text === written.text) return void await io.tell(`"${name}" says so already`);
    written.replace(text);
    await io.tell(
      `"${name}" has the permissions of ${all.map(({ task }) => `"${task.name}"`).join(", ")}`,
    );
  }
}

const CANNOT_WRITE = "Cannot write permissions into";

/** A tasks file that is written again, as long as nobody else has written it. */
class WrittenFile {
  readonly path: string;
  /** What was in it when it was loaded. */
  readonly text: string;

  /** @throws {Fault} If nobody is to write it. */
  constructor(file: string) {
    // A link stays one.
    this.path = Deno.realPathSync(file);
    this.text = textOf(this.path);
    const { mode } = Deno.statSync(this.path);
    if (mode === null || (mode & 0o222) !== 0) return;
    throw new Fault("tasks", `${CANNOT_WRITE} "${basename(this.path)}": it is read-only`, {
      hint: "without --write, what is learnt is told only",
    });
  }

  /** @throws {Fault} If it has changed, or cannot be written; then it is as it was. */
  replace(text: string): void {
    const what = `${CANNOT_WRITE} "${basename(this.path)}"`;
    if (textOf(this.path) !== this.text) {
      throw new Fault("tasks", `${what}: it has changed while the tasks were run`, {
        hint: "paste what is told above",
      });
    }
    const beside = `${dirname(this.path)}/.${crypto.randomUUID()}.tmp`;
    try {
      const { mode, uid, gid } = Deno.statSync(this.path);
      Deno.writeTextFileSync(beside, text, { createNew: true });
      if (mode !== null) Deno.chmodSync(beside, mode & 0o777);
      // What root writes of others stays theirs.
      if (Deno.uid() === 0) Deno.chownSync(beside, uid, gid);
      Deno.renameSync(beside, this.path);
    } catch (cause) {
      if (exists(beside)) Deno.removeSync(beside);
      throw new Fault("tasks", `${what}: ${messageOf(cause)}`, { cause });
    }
  }
}

/** With a byte order mark, if it has one. */
function textOf(path: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Deno.readFileSync(path));
}
