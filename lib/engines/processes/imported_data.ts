/**
 * Files that a function's module imports and that are no code.
 *
 * Deno loads what the text of a module names together with the module, and asks for no permission: JSON, and with
 * `{ type: "text" }` any file, of which the function then has the content. Of what is no code it also shows the line
 * that it cannot make sense of.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { Fault, messageOf } from "../../fault.ts";
import type { Task } from "../../job.ts";
import { permissionsToAdd } from "../../rules/permissions_to_add.ts";
import { isWithin } from "../../text/file_path.ts";
import type { StartPlace } from "../start_place.ts";
import { currentFolder } from "../start_place.ts";
import { graphLine } from "./process_line.ts";
import { slotVariables } from "./slot_environment.ts";

/** A graph of modules, as `deno info --json` tells it; what of it counts here. */
interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly kind?: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      /** What an import is said to be of: `json`, `text`. */
      readonly assertionType?: string;
    }[];
  }[];
}

/**
 * Fails where the module of a function, or its `init`, imports a file that is no code and that its task may not read.
 * Deno is asked once for all tasks of the same modules, and not more often at a time than there are processors.
 *
 * @throws {Fault} If so, or if that cannot be seen.
 */
export async function refuseUnreadData(tasks: readonly Task[], start?: StartPlace): Promise<void> {
  const held = tasks.filter(({ permissions, action }) =>
    permissions !== undefined && permissions.read !== true && action.kind === "function"
  );
  const alike = Map.groupBy(held, ({ action, cwd, env }) => JSON.stringify([action, cwd, env]));
  const open = alike.values();
  const lookOn = async () => {
    for (const same of open) await refuseUnreadAlike(same, start);
  };
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, lookOn));
}

/** @param tasks Those that import the same. */
async function refuseUnreadAlike(tasks: readonly Task[], start?: StartPlace): Promise<void> {
  const [one] = tasks;
  if (one === undefined) return;
  const imported = await importedData(one, start);
  for (const { name, permissions } of tasks) {
    if (permissions === undefined) continue;
    const denied = imported.filter((path) => !mayRead(path, permissions));
    const [first] = denied;
    if (first === undefined) continue;
    const what = denied.map((path) => ({ kind: "read", what: path }) as const);
    const folder = currentFolder() ?? "/";
    throw new Fault(
      "tasks",
      `${cannotHold(name)}: it imports ${JSON.stringify(first)}, which it may not read`,
      { hint: permissionsToAdd(name, permissions, what, { cwd: folder, temporary: "/tmp" }) },
    );
  }
}

/**
 * Absolute paths of the local files that are loaded with a task's function and are no code: what is imported as
 * something else, and what neither by its own name nor behind links is named as code is.
 *
 * @throws {Fault} If that cannot be seen.
 */
export async function importedData(task: Task, start?: StartPlace): Promise<readonly string[]> {
  const { modules } = await graphOf(task, start);
  const asData = modules.flatMap(({ dependencies = [] }) =>
    dependencies.filter(({ assertionType }) => assertionType !== undefined)
      .map(({ code }) => code?.specifier ?? "")
  );
  const unlikeCode = modules.filter(({ kind, specifier }) =>
    specifier.startsWith("file:") && (kind === "asserted" || kind === "external" ||
      !isCode(pathOf(specifier)))
  ).map(({ specifier }) => specifier);
  const paths = [...asData, ...unlikeCode].filter((url) => url.startsWith("file:")).map(pathOf);
  return [...new Set(paths)].filter(isThere).sort();
}

async function graphOf(task: Task, start?: StartPlace): Promise<Graph> {
  const { name, cwd = start?.cwd, action } = task;
  if (action.kind !== "function") return { modules: [] };
  const { run, init } = action;
  const [program, ...args] = graphLine(run.module, init?.module);
  const why = (what: string) => new Fault("tasks", `${cannotHold(name)}: ${what}`);
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args,
      cwd,
      clearEnv: true,
      env: { ...slotVariables(task, start), NO_COLOR: "1" },
      stdin: "null",
    }).output();
    if (success) return JSON.parse(new TextDecoder().decode(stdout));
    const [first = ""] = new TextDecoder().decode(stderr).trim().split("\n");
    return Promise.reject(why(`what it imports cannot be seen: ${first}`));
  } catch (thrown) {
    throw why(`what it imports cannot be seen: ${messageOf(thrown)}`);
  }
}

function cannotHold(name: string): string {
  return `Cannot hold task "${name}" to its permissions`;
}

function mayRead(path: string, { read }: { readonly read: boolean | readonly string[] }): boolean {
  if (typeof read === "boolean") return read;
  return read.some((each) => isWithin(path, each));
}

/** A query or a fragment names the same file. */
function pathOf(url: string): string {
  return fileURLToPath(url.replace(/[?#][^]*$/, ""));
}

const CODE = /\.(?:[cm]?[jt]sx?|wasm)$/i;

/** Where nothing is, nothing is loaded. */
function isCode(path: string): boolean {
  return CODE.test(path) && CODE.test(behindLinks(path) ?? path);
}

function isThere(path: string): boolean {
  return behindLinks(path) !== undefined;
}

function behindLinks(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch (thrown) {
    // What may not be seen may well be there.
    return thrown instanceof Deno.errors.NotFound ? undefined : path;
  }
}
