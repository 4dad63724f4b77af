/**
 * What fanfold itself has to be allowed by Deno to run tasks.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault, type Mistake } from "../../fault.ts";
import { pathsRead } from "../../inputs/facts.ts";
import type { Permissions, Task } from "../../job.ts";
import type { ReportRequest } from "../request/report_request.ts";
import { shellWords } from "../shell_words.ts";

/** Something that fanfold has to be allowed. */
export interface Need {
  readonly kind: "read" | "write" | "net" | "run" | "env" | "ffi" | "import";
  /** A path, a program, a variable or a host; anything of that kind if absent. */
  readonly value?: string;
  /** What it is for, to stand behind "to". */
  readonly purpose: string;
  /** Whether all goes on without, and only a promise is not kept. @default false */
  readonly isOptional?: boolean;
}

/** What is to be run, as far as it matters to what has to be allowed. */
export interface NeedsRequest {
  readonly tasks: readonly Task[];
  /** Host and port of the server whose hosts do the jobs, as `host:6379`. @default this machine does them */
  readonly server?: string;
  /** Absolute path of the tasks file, if there is one. */
  readonly file?: string;
  /** Where runs are kept, as it was named, if this one is; the path starts from `here`. */
  readonly state?: { readonly named?: string };
  readonly reports?: readonly ReportRequest[];
  /** The folder that the program was called in. */
  readonly here: string;
}

const KINDS = ["read", "write", "net", "run", "env", "ffi", "import"] as const;

/** The code of fanfold that is loaded when it runs; none if that is not on this disk. */
const OWN = import.meta.url.startsWith("file:")
  ? fileURLToPath(new URL("../../", import.meta.url)).replace(/[/\\]$/, "")
  : undefined;

/** All that is needed, the same thing once. */
export function needsOf(request: NeedsRequest): readonly Need[] {
  const { tasks, server, file, state, reports = [], here } = request;
  const needs = [
    ...file === undefined ? [] : [read(dirname(file), "read the tasks file and what it names")],
    ...tasks.flatMap((task) => needsOfTask(task, server !== undefined)),
    ...server === undefined ? [] : needsOfQueue(server),
    ...state ? needsOfState(state, here) : [],
    ...temporary(),
    ...reports.flatMap(({ file }) => write(dirname(resolve(here, file)), "write a report")),
  ];
  const once = new Map(needs.map((need) => [`${need.kind} ${need.value}`, need]));
  return [...once.values()];
}

/**
 * Looks whether all of it is allowed.
 *
 * @param request.argv The arguments of the program, which a line that allows it is to have.
 * @throws {Fault} Of kind `usage`, with all that is not, and the line that allows it.
 */
export function checkNeeds(request: NeedsRequest & { readonly argv: readonly string[] }): void {
  if (Deno.build.standalone || KINDS.every((kind) => isAllowed({ kind, purpose: "" }))) return;
  const needs = needsOf(request);
  const lacking = needs.filter((need) => !need.isOptional && !isAllowed(need));
  if (lacking.length === 0) return;
  const hint = `what it takes in all: ${lineWith(needs, request.argv)}`;
  const groups = Array.from(Map.groupBy(lacking, ({ purpose }) => purpose));
  const mistakes = groups.map(([purpose, some], i): Mistake => ({
    message: `Cannot ${purpose}: it takes ${flagsOf(some).join(" ")}`,
    ...i === groups.length - 1 && { hint },
  }));
  throw Fault.of("usage", mistakes as [Mistake, ...Mistake[]]);
}

/** The line that runs fanfold with just what it needs. */
export function lineWith(needs: readonly Need[], argv: readonly string[]): string {
  const main = Deno.mainModule.startsWith("file:")
    ? fileURLToPath(Deno.mainModule)
    : Deno.mainModule;
  return shellWords(["deno", "run", "--no-prompt", ...flagsOf(needs), main, ...argv]);
}

/** Deno's flags for what is needed. */
export function flagsOf(needs: readonly Need[]): readonly string[] {
  return KINDS.flatMap((kind) => {
    const some = needs.filter((need) => need.kind === kind);
    return some.length === 0 ? [] : [flagOf(kind, some)];
  });
}

/** What is allowed with something wider anyway. */
function isWithin({ kind, value }: Need, wider: Need): boolean {
  if (kind !== wider.kind || value === wider.value) return false;
  if (wider.value === undefined) return true;
  return (kind === "read" || kind === "write") && value !== undefined &&
    value.startsWith(wider.value.replace(/\/?$/, "/"));
}

function flagOf(kind: Need["kind"], all: readonly Need[]): string {
  const needs = all.filter((need) => !all.some((other) => isWithin(need, other)));
  const values = needs.flatMap(({ value }) => value ?? []);
  // A comma within a path is written twice; a program that has one cannot be named.
  if (kind === "run" && values.some((value) => value.includes(","))) return "--allow-run";
  const list = values.map((value) => value.replaceAll(",", ",,")).join(",");
  return values.length < needs.length ? `--allow-${kind}` : `--allow-${kind}=${list}`;
}

function isAllowed({ kind, value }: Need): boolean {
  return Deno.permissions.querySync(descriptorOf(kind, value)).state === "granted";
}

function descriptorOf(kind: Need["kind"], value?: string): Deno.PermissionDescriptor {
  switch (kind) {
    case "read":
    case "write":
      return { name: kind, path: value };
    case "run":
      return { name: kind, command: value };
    case "env":
      return { name: kind, variable: value };
    case "ffi":
      return { name: kind };
    case "net":
    case "import":
      return { name: kind, host: value };
  }
}

function read(value: string, purpose: string): Need {
  return { kind: "read", value, purpose };
}

/** What is written is looked at, too. */
function write(value: string, purpose: string): readonly Need[] {
  return [read(value, purpose), { kind: "write", value, purpose }];
}

/** @param isSent Whether hosts do its jobs. */
function needsOfTask(task: Task, isSent: boolean): readonly Need[] {
  const { name, action, fold, source } = task;
  const inputs = pathsRead(source).map((path) => read(path, `read the inputs of task "${name}"`));
  const foldModules = fold ? moduleNeeds(fold.run.module, `load the fold of task "${name}"`) : [];
  return [
    ...inputs,
    ...foldModules,
    ...isSent
      ? action.kind === "function"
        ? moduleNeeds(action.run.module, `send task "${name}" to hosts`)
        : []
      : action.kind === "function"
      ? [...functionNeeds(task, action.run.module)]
      : [...commandNeeds(task, action.kind === "shell" ? "sh" : action.argv[0] ?? "")],
  ];
}

function functionNeeds(
  { name, isolation, source, permissions }: Task,
  module: string,
): readonly Need[] {
  const purpose = `start task "${name}"`;
  if (isolation === "process") return processNeeds(permissions !== undefined, purpose);
  const makers = [module, ...modulesOf(source)].flatMap((each) => moduleNeeds(each, purpose));
  return OWN === undefined ? makers : [read(OWN, purpose), ...makers];
}

/** The clients of servers look for variables of theirs under many names. */
function needsOfQueue(server: string): readonly Need[] {
  const purpose = "send jobs to hosts";
  return [
    ...OWN === undefined ? [] : [read(OWN, purpose)],
    { kind: "net", value: server, purpose },
    { kind: "env", purpose },
  ];
}

/**
 * It gets the environment of this process, which has to be read for that, and is ended by a signal to all that it has
 * started, which Deno allows to who may start any program. What this process may do in part a process without
 * permissions of its own may not do at all, and it has to read its module.
 */
function processNeeds(hasOwn: boolean, purpose: string): readonly Need[] {
  const kinds = hasOwn ? ["run", "env"] as const : ["run", "env", "read"] as const;
  return kinds.map((kind) => ({ kind, purpose }));
}

/** The modules of functions that make inputs. */
function modulesOf(source: Task["source"]): readonly string[] {
  const { run, parts = [], source: inner } = source;
  const module: unknown = Object(run).module;
  const own = typeof module === "string" ? [module] : [];
  return [...own, ...parts.flatMap(modulesOf), ...inner ? modulesOf(inner) : []];
}

/** What it takes to load a module, which may import others beside it. */
function moduleNeeds(module: string, purpose: string): readonly Need[] {
  const url = new URL(module);
  if (url.protocol === "file:") return [read(dirname(fileURLToPath(url)), purpose)];
  return /^https?:$/.test(url.protocol) ? [{ kind: "import", value: url.host, purpose }] : [];
}

function commandNeeds({ name, permissions }: Task, program: string): readonly Need[] {
  const purpose = `start task "${name}"`;
  // An input may be the program.
  if (/[{}]/.test(program)) return [{ kind: "run", purpose }];
  return [...starts(program, purpose), ...permissions ? confinementNeeds(name, permissions) : []];
}

/**
 * What holds commands to their permissions is a thread that calls the C library, by a name that no list allows; it looks
 * at programs wherever they are, and passes on the variables that it is told of.
 */
function confinementNeeds(name: string, { env, isBestEffort }: Permissions): readonly Need[] {
  const purpose = `hold task "${name}" to its permissions`;
  const names = env === true ? [] : ["PATH", ...env === false ? [] : env];
  return [
    { kind: "ffi", purpose, isOptional: isBestEffort },
    { kind: "read", purpose, isOptional: isBestEffort },
    ...names.map((value): Need => ({ kind: "env", value, purpose })),
  ];
}

/** To start a program, and what ends all that a run has started when it is killed. */
function starts(program: string, purpose: string): readonly Need[] {
  const watcher = Deno.build.os === "windows" ? [] : ["setsid", "sh"];
  const left = "end what a run that was killed has left running";
  return [
    ...watcher.map((value): Need => ({ kind: "run", value, purpose: left, isOptional: true })),
    { kind: "run", value: program, purpose },
  ];
}

/** Output that has to wait goes to a file when there is much. */
function temporary(): readonly Need[] {
  if (Deno.build.os === "windows") return [];
  const purpose = "hold output that has to wait";
  const variable: Need = { kind: "env", value: "TMPDIR", purpose };
  const named = isAllowed(variable) ? Deno.env.get("TMPDIR") : undefined;
  return named ? [variable, ...write(resolve(named), purpose)] : write("/tmp", purpose);
}

function needsOfState({ named }: { readonly named?: string }, here: string): readonly Need[] {
  const variable: Need = {
    kind: "env",
    value: "FANFOLD_STATE",
    purpose: "know where runs are kept",
  };
  const isKnown = named !== undefined || isAllowed(variable);
  const state = named !== undefined
    ? resolve(here, named)
    : resolve((isKnown && Deno.env.get("FANFOLD_STATE")) || ".fanfold");
  const folder = write(state, "keep the run");
  return named === undefined ? [variable, ...folder] : folder;
}
