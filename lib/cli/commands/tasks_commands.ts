/**
 * The commands that tell of a tasks file and run nothing: `list`, `check`, `plan` and `schema`.
 *
 * @module
 */

import { dirname } from "node:path";
import { Fault } from "../../fault.ts";
import type { Action, Source, Task } from "../../job.ts";
import { inputText } from "../../output/json_value.ts";
import {
  printLines,
  printRecords,
  RECORD_FORMATS,
  tableLines,
  type Told,
} from "../../output/records.ts";
import { fromsOf, plan, waitsForOthers } from "../../run/plan.ts";
import { type NamedOption, optionsNamed } from "../request/options.ts";
import type { Command, Io } from "../command.ts";
import { functionText } from "../../rules/calls.ts";
import { KINDS, type Permissions } from "../../rules/permissions.ts";
import { unheldOf, unheldText } from "../permissions/locked.ts";
import { applies, type PlanLine } from "../../rules/rule.ts";
import { type AnyRule, RULES } from "../../rules/rules.ts";
import { countOf, flawsOf, sourceText } from "../../inputs/facts.ts";
import {
  checkStdin,
  fileNamed,
  isScript,
  loadNamed,
  readTasks,
  type TasksRequest,
} from "../request/tasks_request.ts";

/** Exit code of a check that finds that tasks may do more. */
const EXIT_MORE = 1;

interface ToldTasksRequest extends TasksRequest {
  readonly format?: string;
}

/** How the arguments are read of a command that tells of tasks as text or as data. */
const TOLD: Pick<Command<ToldTasksRequest>, "reading" | "read"> = {
  reading: { choices: { format: RECORD_FORMATS } },
  read: (args) => ({ ...readTasks(args), format: args.options.format }),
};

export const listCommand: Command<ToldTasksRequest> = {
  name: "list",
  options: optionsNamed("file", "format", "help"),
  examples: ["fanfold list", "fanfold list --format json -f tasks/multiprocessing.yaml"],
  ...TOLD,
  async carryOut(request, io) {
    const { tasks } = await loadNamed(request, io);
    // A description may be a paragraph.
    const inLine = (text: string) => text.trim().replaceAll(/\s*\n\s*/g, " ");
    const rows = tasks.map(({ name, description = "" }) => [name, inLine(description)]);
    await printRecords(io.stdout, request.format, toldOf(tasks), () => tableLines(rows));
    return 0;
  },
};

interface CheckRequest extends ToldTasksRequest {
  /** What permissions are held against. @default none are */
  readonly base?: string;
}

export const checkCommand: Command<CheckRequest> = {
  name: "check",
  options: optionsNamed("file", "permissions", "format", "help"),
  examples: [
    "fanfold check",
    "fanfold check -f tasks/multiprocessing.yaml",
    "fanfold check --permissions origin/main",
  ],
  reading: TOLD.reading,
  read: (args) => {
    const { permissions: base, format } = args.options;
    if (format !== undefined && base === undefined) {
      throw new Fault("usage", "Cannot read --format: it goes with --permissions only");
    }
    return { ...TOLD.read(args), base };
  },
  async carryOut(request, io) {
    if (request.base !== undefined) return await checkPermissions(request, request.base, io);
    const { file, tasks } = await loadNamed(request, io, { exact: true, looksAt: "all" });
    for (const task of tasks) {
      for (const text of await toCome(task)) {
        await io.tell(`task "${task.name}" cannot read its inputs yet: ${text}`);
      }
    }
    const count = `${tasks.length} ${tasks.length === 1 ? "task" : "tasks"}`;
    return put(io, [`${file}: ${count}, no mistakes`]);
  },
};

/** Tells what tasks may do more than those of another file or revision; nothing that either names is run. */
async function checkPermissions(
  request: CheckRequest,
  base: string,
  io: Io,
): Promise<number> {
  const { loadBase, refuseCode } = await import("../permissions/base_tasks.ts");
  const { wantedLines, wantedMore, wantedRecords } = await import("../permissions/wanted_more.ts");
  const { readPlaces } = await import("../../tasks_file/places.ts");
  const file = await fileNamed(request);
  refuseCode(file);
  // The base is named where the program was called.
  const { name, tasks: before, isLink } = await loadBase(base, file, io.here);
  const { tasks } = await loadNamed(request, io, { modules: "unread" });
  if (!before) {
    const why = isLink ? `${name} is a link, which is not followed` : `there is no ${name}`;
    await io.tell(`${why}, so all that tasks may do is more`);
  }
  const placed = await readPlaces(file);
  const wanted = wantedMore(tasks, before ?? [], { placed, home: dirname(file) });
  const none = [`${file}: tasks may do nothing more than in ${name}`];
  const lines = () => wanted.length === 0 ? none : wantedLines(wanted, io.here);
  await printRecords(io.stdout, request.format, wantedRecords(wanted), lines);
  return wanted.length === 0 ? 0 : EXIT_MORE;
}

interface PlanRequest extends ToldTasksRequest {
  /** The words behind `run`, where it is asked what fanfold has to be allowed to run that; else the plan is. */
  readonly permissionsFor?: readonly string[];
  /** Whether it is asked by which digests hosts know the tasks. @default false */
  readonly asksForBundles?: boolean;
  /** Where a run is kept, if it is. */
  readonly state?: { readonly named?: string };
}

/** The option of this name that `check` has takes a value. */
const PERMISSIONS: NamedOption = {
  name: "permissions",
  description: "the line with just what Deno has to allow fanfold for that run",
};

/** What `join` takes by this name. */
const BUNDLES: NamedOption = {
  name: "bundles",
  description: "the digest of each task, for the --bundles of hosts that are to run just that",
};

export const planCommand: Command<PlanRequest> = {
  name: "plan",
  options: [
    ...optionsNamed("file"),
    PERMISSIONS,
    BUNDLES,
    ...optionsNamed("no-journal", "state-dir", "format", "help"),
  ],
  examples: [
    "fanfold plan",
    "fanfold plan double -f tasks/multiprocessing.yaml",
    "fanfold plan --permissions --no-journal",
    "fanfold plan --bundles checksums",
  ],
  reading: TOLD.reading,
  read: (args) => {
    const { options, argv } = args;
    const { permissions, bundles, "state-dir": named, "no-journal": not, format } = options;
    const wrong = permissions === undefined
      ? not !== undefined ? "no-journal" : named !== undefined ? "state-dir" : undefined
      : undefined;
    if (wrong) throw new Fault("usage", `Cannot read --${wrong}: it goes with --permissions only`);
    if (permissions === undefined) {
      return { ...TOLD.read(args), asksForBundles: bundles !== undefined };
    }
    if (format !== undefined && format !== "text") {
      throw new Fault("usage", "Cannot combine --permissions and --format: it prints one line");
    }
    if (bundles !== undefined) {
      throw new Fault(
        "usage",
        "Cannot combine --permissions and --bundles: each prints lines of its own",
      );
    }
    const words = argv.filter((word) => word !== "--permissions");
    return {
      ...TOLD.read(args),
      permissionsFor: words,
      state: not === undefined ? { named } : undefined,
    };
  },
  async carryOut(request, io) {
    const { only } = request;
    if (request.permissionsFor) {
      const { lineWith, needsOf } = await import("../permissions/needs.ts");
      const { file, tasks } = await loadNamed(request, io);
      const needs = needsOf({ ...request, file, tasks: plan(tasks, only), here: io.here });
      return put(io, [lineWith(needs, ["run", ...request.permissionsFor])]);
    }
    if (request.asksForBundles) return await tellBundles(request, io);
    const { file, tasks } = await loadNamed(request, io, { looksAt: only ?? "all" });
    const planned = plan(tasks, only);
    checkStdin(planned);
    const lines: string[] = [];
    for (const [i, task] of planned.entries()) {
      const yet = (await toCome(task)).map((text) => `   not yet: ${text}`);
      lines.push(...planOf(task, i + 1, file), ...yet);
    }
    await printRecords(io.stdout, request.format, toldOf(planned), () => lines);
    return 0;
  },
};

/** Tells the digests of tasks as hosts have them, a line each: DIGEST, and the name. */
async function tellBundles(request: PlanRequest, io: Io): Promise<number> {
  const { file, tasks } = await loadNamed(request, io);
  const { freeze } = await import("../../engines/queue/modules/freeze.ts");
  const { sent } = freeze(plan(tasks, request.only), dirname(file));
  const records = sent.map(({ name, bundle }) => ({ bundle, name }));
  const lines = () => tableLines(sent.map(({ name, bundle }) => [bundle, name]));
  await printRecords(io.stdout, request.format, { records, columns: ["bundle", "name"] }, lines);
  return 0;
}

export const schemaCommand: Command<void> = {
  name: "schema",
  options: optionsNamed("help"),
  examples: [
    "fanfold schema > fanfold.schema.json",
    "# then, in a tasks file: # yaml-language-server: $schema=fanfold.schema.json",
  ],
  read() {},
  async carryOut(_, io) {
    const { jsonSchema } = await import("../../tasks_file/json_schema.ts");
    return put(io, JSON.stringify(jsonSchema(), null, 2).split("\n"));
  },
};

async function put({ stdout }: Io, lines: readonly string[]): Promise<number> {
  await printLines(stdout, lines);
  return 0;
}

/** What is told of a task as data: the keys are those of a tasks file, as far as it has them. */
const COLUMNS = [
  ...["name", "description", "kind", "run", "command", "shell", "isolation", "inputs", "from"],
  ...["needs", "slots", "permissions", "unheld", "rules"],
];

function toldOf(tasks: readonly Task[]): Told {
  return { records: tasks.map(taskRecord), columns: COLUMNS };
}

function taskRecord(task: Task) {
  const { name, description, action, isolation, source, needs, slots } = task;
  const rules = rulesText(task);
  const from = fromsOf(source);
  return {
    ...{ name, description, kind: action.kind, ...whatOf(action) },
    ...action.kind === "function" && { isolation },
    ...{ inputs: inputsOf(source), ...from.length > 0 && { from }, needs, slots },
    ...task.permissions && permissionsRecord(task, task.permissions),
    ...rules.length > 0 && { rules },
  };
}

/** What a task may do, as a tasks file has it but for the paths, which are absolute, and what that does not hold. */
function permissionsRecord(task: Task, permissions: Permissions) {
  const granted = KINDS.filter((kind) => permissions[kind] !== false)
    .map((kind) => [kind, permissions[kind]]);
  const commands = permissions.isBestEffort ? [["commands", "best-effort"]] : [];
  const all = [...granted, ...commands];
  const unheld = unheldOf(task);
  return {
    permissions: all.length === 0 ? "none" : Object.fromEntries(all),
    ...unheld.length > 0 && { unheld },
  };
}

function whatOf(action: Action) {
  switch (action.kind) {
    case "function":
      return { run: `${action.run.module}#${action.run.path.join(".")}` };
    case "command":
      return { command: action.argv };
    case "shell":
      return { shell: action.script };
  }
}

/** What a task cannot read as things are, where it waits for others, which may change that. */
async function toCome(task: Task): Promise<readonly string[]> {
  if (!waitsForOthers(task)) return [];
  const flaws = await flawsOf(task.source);
  return flaws.map(({ flaw, origin }) => `${origin.phrase}: ${flaw.reason}`);
}

/** @param file Absolute path of the tasks file. */
function planOf(task: Task, number: number, file: string): string[] {
  const { action, needs, slots } = task;
  const what = action.kind === "function"
    ? `${functionText(action.run)}, in a ${task.isolation}`
    : action.kind === "command"
    ? `command ${JSON.stringify(action.argv)}`
    : `shell script ${JSON.stringify(action.script)}`;
  return [
    `${number}. ${task.name}`,
    `   ${what}`,
    `   ${inputsOf(task.source)}; ${slots} at the same time`,
    ...rulesText(task, dirname(file)).map((text) => `   ${text}`),
    ...unheldTexts(task, file).map((text) => `   ${text}`),
    ...(needs.length > 0 ? [`   after ${needs.join(", ")}`] : []),
  ];
}

/** What of a task with permissions runs in fanfold itself. */
function unheldTexts(task: Task, file: string): readonly string[] {
  if (!task.permissions) return [];
  const parts = unheldOf(task).map((part) => unheldText(part));
  return isScript(file) ? [...parts, SCRIPT_UNHELD] : parts;
}

const SCRIPT_UNHELD = "its tasks file is code, and runs in fanfold itself, held to no permissions";

function inputsOf(source: Source): string {
  return source.kind === "list" && countOf(source) === 1 ? "one job" : sourceText(source);
}

const LINES: readonly PlanLine[] = ["slots", "attempts", "flow", "fold", "place", "permissions"];

/** Rules that are told before others of their line. */
const FIRST: readonly string[] = ["init", "spread", "chunk", "cwd"];

/**
 * A line for each kind of rule of which a task says anything; of variables the names alone.
 *
 * @param home Absolute folder from which paths in it may be told. @default all are absolute
 */
export function rulesText(task: Task, home?: string): readonly string[] {
  const kind = task.action.kind === "function" ? "functions" : "commands";
  const some: readonly AnyRule[] = RULES.filter((rule) => applies(rule, kind));
  const rules = some.toSorted((a, b) => placeOf(a) - placeOf(b));
  return LINES.flatMap((line) => {
    const said = rules.flatMap((rule) => {
      const value = rule.line === line && rule.field ? task[rule.field] : undefined;
      return value === undefined ? [] : rule.say?.(value, inputText, kind, home) ?? [];
    });
    return said.length === 0 ? [] : [said.join("; ")];
  });
}

function placeOf({ key }: AnyRule): number {
  return FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length;
}
