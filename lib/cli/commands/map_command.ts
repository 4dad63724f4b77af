/**
 * `fanfold map`: a function for each input.
 *
 * @module
 */

import { describeModule } from "../../engines/workers/workers.ts";
import { Fault, type Mistake } from "../../fault.ts";
import type { FunctionRef, Task } from "../../job.ts";
import { near } from "../../errors/reason.ts";
import { moduleFlaws, type Reference } from "../../tasks_file/modules.ts";
import { parseSpecifier } from "../../modules/specifier.ts";
import { windowOf } from "../../run/window.ts";
import type { Args } from "../request/args.ts";
import type { Command, Io } from "../command.ts";
import { INPUT_OPTIONS } from "../request/sources_named.ts";
import { givenInputs } from "../request/named_inputs.ts";
import { JOURNAL_OPTIONS, journalRequest } from "../request/journal_request.ts";
import { originOf } from "../kept/origin.ts";
import { inputTags, outputOf, perform } from "../perform.ts";
import { RULE_OPTIONS, rulesOf, underRules } from "../request/rule_options.ts";
import { slotsOf } from "../request/tasks_request.ts";
import { toldIfLong } from "../told_if_long.ts";

/** See the module. */
export const mapCommand: Command = {
  name: "map",
  operands: "MODULE#EXPORT [::: INPUT…]",
  description: "call a function with each input: behind :::, or lines of stdin",
  options: [
    ...INPUT_OPTIONS,
    "json",
    "spread",
    "fold",
    "jobs",
    ...RULE_OPTIONS,
    "isolation",
    "format",
    "keep-order",
    "unordered",
    "tag",
    ...JOURNAL_OPTIONS,
    "help",
  ],
  examples: [
    "seq 1000000 | fanfold map ./numbers.ts#isPrime -j 50% --format ndjson",
    "fanfold map ./numbers.ts#pow --json --spread --fold ./numbers.ts#add ::: 2 3 ::: 8 9",
  ],
  takesOperands: true,
  reading: { takesInputs: true },
  run: map,
};

async function map(args: Args, io: Io): Promise<number> {
  const slots = slotsOf(args) ?? navigator.hardwareConcurrency;
  const rules = rulesOf(args);
  const how = outputOf(args, inputTags());
  const own = await io.ownProcess?.();
  const bare = await mapTask(args, io);
  const { source, batch } = await givenInputs(
    args,
    { asRecords: true, stdin: own?.stdin },
    io,
  );
  const window = windowOf({ slots, chunk: "auto" }, batch);
  const ordered = how.ordered || bare.fold !== undefined;
  const task = underRules({ ...bare, source, slots, window, ordered }, rules);
  const journal = journalRequest(args, {
    command: "map",
    origin: originOf("map", args, task.action),
    home: Deno.cwd(),
    here: io.here,
    isAsked: true,
  });
  return await perform({ ...how, tasks: [task], slots, journal, own }, io);
}

/**
 * The task of these arguments, without inputs.
 *
 * @throws {Fault} Of kind `usage`, if they name no function, or one that is not there.
 */
export async function mapTask(
  { operands, options }: Args,
  { tell }: Pick<Io, "tell">,
): Promise<Task> {
  const [name, more] = operands;
  if (name === undefined || more !== undefined) {
    const found = name === undefined ? "none" : `"${more}" too`;
    const message = `${CANNOT}: wanted one function as MODULE#EXPORT, found ${found}`;
    throw new Fault("usage", message, { hint: await operandsHint(name, more, tell) });
  }
  const [run, fold] = await functionsOf(
    { "MODULE#EXPORT": name, "--fold": options.fold },
    tell,
  );
  return {
    name: "map",
    action: { kind: "function", run: run as FunctionRef, spread: options.spread !== undefined },
    source: { kind: "list", values: [] },
    needs: [],
    isolation: "worker",
    slots: 1,
    chunk: "auto",
    ordered: true,
    env: {},
    fold: fold && { run: fold },
  };
}

/** What to write instead of several operands, or of none. */
async function operandsHint(
  name: string | undefined,
  more: string | undefined,
  tell: Io["tell"],
): Promise<string | undefined> {
  if (name === undefined || more === undefined) return undefined;
  if (name.includes("#")) return "inputs stand behind :::";
  const { meantFunction } = await import("../../tasks_file/meant_function.ts");
  return await meantFunction(`${name}#${more}`, Deno.cwd(), {
    describe: describeTo(tell),
    commands: COMMANDS,
  });
}

function describeTo(tell: Io["tell"]) {
  return (module: string) =>
    toldIfLong(`${near(module)} to be imported`, describeModule(module), tell);
}

/**
 * The functions that are named, and `undefined` where none is.
 *
 * @throws {Fault} Of kind `usage`, with all that is wrong with them.
 */
async function functionsOf(
  names: Readonly<Record<string, string | undefined>>,
  tell: Io["tell"],
): Promise<(FunctionRef | undefined)[]> {
  const mistakes: Mistake[] = [];
  const references: Reference[] = [];
  const refs: (FunctionRef | undefined)[] = [];
  const describe = describeTo(tell);
  for (const [title, text] of Object.entries(names)) {
    const ref = text === undefined ? undefined : parseSpecifier(text, Deno.cwd());
    if (text === undefined || ref === undefined) {
      refs.push(undefined);
    } else if ("wanted" in ref) {
      const { meantFunction } = await import("../../tasks_file/meant_function.ts");
      const hint = await meantFunction(text, Deno.cwd(), { describe, commands: COMMANDS });
      mistakes.push({
        message: `${CANNOT}: "${title}" names "${text}", wanted ${ref.wanted}`,
        hint,
      });
    } else {
      references.push({ path: [title], text, ref });
      refs.push(ref);
    }
  }
  for (const { message, hint } of await moduleFlaws(references, { describe })) {
    mistakes.push({ message: `${CANNOT}: ${message}`, hint });
  }
  const [first, ...others] = mistakes;
  if (first) throw Fault.of("usage", [first, ...others]);
  return refs;
}

const CANNOT = "Cannot run fanfold map";

/** What is for commands. */
const COMMANDS = "commands are run by fanfold each";
