/**
 * The engines, each able to do the same works, so that one list of claims can be put to all.
 *
 * @module
 */

import { ProcessFlags } from "../../lib/engines/carry/process_flags.ts";
import { Commands, type LineOf } from "../../lib/engines/commands/commands.ts";
import { confine } from "../../lib/engines/confined/confinement.ts";
import { meansHere } from "../../lib/engines/confined/refusal.ts";
import type { Engine, EngineRun } from "../../lib/engines/engine.ts";
import { processes } from "../../lib/engines/processes/processes.ts";
import { SpoolStore } from "../../lib/engines/spools/spool.ts";
import { startHere } from "../../lib/engines/start_place.ts";
import { workers, type WorkersOptions } from "../../lib/engines/workers/workers.ts";
import type { Ending, Task } from "../../lib/job.ts";
import { permissionsOf, type PermissionsRecord } from "../../lib/rules/permissions.ts";
import { engineTrial, type EngineTrialOptions, functionRef, textOf } from "./engine_harness.ts";
import type { Place } from "./functions.ts";

// It keeps a library open from its first use on, for which a test would be blamed.
ProcessFlags.open()?.[Symbol.dispose]();

/** What every engine can do; a function or a script is named after it. */
export type Work = "double" | "noted" | "held" | "keepsChild" | "printsFile";

/** How an engine is opened. */
export interface OpenOptions {
  readonly slots?: number;
  readonly chunk?: number | "auto";
  readonly store?: SpoolStore;
}

/** An engine under test. */
export interface Kind {
  readonly name: string;
  open(work: Work, options?: OpenOptions): Engine;
  /** The value of a job that did one of the works. */
  valueOf(ending: Ending): Promise<unknown>;
}

/** How an engine of functions is opened; `heapMb` is of Workers. */
export type FunctionOptions = EngineTrialOptions & Pick<WorkersOptions, "heapMb">;

/** An engine of functions under test. */
export interface FunctionKind extends Kind {
  /** Opens it for a function of the fixtures; one slot and chunks of one, if nothing else is said. */
  openFunction(name: string, options?: FunctionOptions): Engine;
}

function functionKind(
  name: string,
  make: (task: Task, run: EngineRun, options: WorkersOptions) => Engine,
): FunctionKind {
  const openFunction = (work: string, { heapMb, ...options }: FunctionOptions = {}) =>
    make(...engineTrial({ run: functionRef(work), ...options }), { heapMb });
  return {
    name,
    openFunction,
    open: openFunction,
    valueOf: (ending) => Promise.resolve(valueOf(ending)),
  };
}

function valueOf(ending: Ending): unknown {
  return ending.kind === "done" ? ending.value : ending.error.message;
}

/** The works as scripts; the input is `$1`, or the folder `$1` and the name `$2`. */
const SCRIPTS: Readonly<Record<Work, string>> = {
  double: `echo $(($1 * 2))`,
  noted: `echo "$2" >> "$1/notes"; echo "$2"`,
  held: `echo "$2" >> "$1/notes"; until [ -e "$1/open-$2" ]; do sleep 0.01; done; echo "$2"`,
  keepsChild: `sleep 1000 & echo "$$ $!" >> "$1/notes"; wait`,
  printsFile: `cat "$3"; cat "$3" >&2; echo "$2" >> "$1/notes"
    until [ -e "$1/open-$2" ]; do sleep 0.01; done`,
};

/** An engine of commands, with what is needed only now and then. */
export function openCommands(
  lineOf: LineOf,
  options: EngineTrialOptions = {},
): Engine {
  const runId = crypto.randomUUID();
  return new Commands(...engineTrial({ runId, ...options }), lineOf);
}

/** An engine of commands that are held to these permissions, beside their own program. */
export function openConfined(
  lineOf: LineOf,
  said: PermissionsRecord,
  { program = "sh", ...options }: EngineTrialOptions & { readonly program?: string } = {},
): Engine {
  const permissions = permissionsOf(said, Deno.cwd());
  const [task, run] = engineTrial({ runId: crypto.randomUUID(), permissions, ...options });
  const { start: before = startHere() } = run;
  const { starter, start } = confine({ task: { ...task, permissions }, program, start: before });
  return new Commands(task, { ...run, start }, lineOf, starter);
}

/** Whether this system can hold commands to permissions; else that is what a test is ignored for. */
export const HOLDS_COMMANDS: boolean = meansHere().kind === "landlock";

function commandKind(name: string, open: typeof openCommands): Kind {
  return {
    name,
    open: (work, { slots = 1, store = new SpoolStore() } = {}) => {
      const script = SCRIPTS[work];
      const lineOf = (input: unknown) => ({ argv: ["sh", "-c", script, "sh", ...argsOf(input)] });
      return open(lineOf, { slots, store });
    },
    valueOf: async (ending) => {
      const text = (await textOf(ending.output)).trim();
      return /^\d+$/.test(text) ? Number(text) : text;
    },
  };
}

/** Where the folders of tests are. */
const TEMPORARY = Deno.realPathSync(Deno.env.get("TMPDIR") ?? "/tmp");

/** What the works do. */
const OF_WORKS: PermissionsRecord = {
  read: [TEMPORARY],
  write: [TEMPORARY],
  run: ["sleep", "cat"],
};

/** The engines whose jobs are commands. */
export const COMMAND_KINDS: readonly Kind[] = [
  commandKind("commands", openCommands),
  ...HOLDS_COMMANDS
    ? [
      commandKind(
        "confined commands",
        (lineOf, options) => openConfined(lineOf, OF_WORKS, options),
      ),
    ]
    : [],
];

function argsOf(input: unknown): string[] {
  if (typeof input !== "object" || input === null) return [String(input)];
  const { folder, name, path = "" } = input as Place & { path?: string };
  return [folder, String(name), path];
}

/** The engines that run functions. */
export const FUNCTION_KINDS: readonly FunctionKind[] = [
  functionKind("workers", workers),
  functionKind("processes", processes),
];

/** All engines. */
export const KINDS: readonly Kind[] = [...FUNCTION_KINDS, ...COMMAND_KINDS];
