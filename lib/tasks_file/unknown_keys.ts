/**
 * Keys that stand where they are not known.
 *
 * @module
 */

import { SOURCE_KEYS } from "../inputs/inputs_schema.ts";
import { KEYS, SIDE_KEYS } from "../inputs/sources.ts";
import { ruleOf, RULES } from "../rules/rules.ts";
import { type Flaw, isRecord, type Key, listed, nameOf } from "../schema/flaw.ts";
import { nearest } from "../text/nearest.ts";
import { isInputPlace } from "./input_places.ts";
import { actionsOf, DEFAULT_KEYS, TASK_KEYS, TOP_KEYS } from "./schema.ts";

/** Where a key stands. */
export type KeyPlace = "top" | "task" | "source" | "retries" | "recycle";

/** What a key is called elsewhere, by the key here; case, `_` and `-` do not count. */
type Names = Readonly<Record<string, string>>;

/** The table; each name on its left is a key of its place. */
export const NAMES_ELSEWHERE: Readonly<Record<KeyPlace, Names>> = {
  top: {
    tasks: "targets scripts pipeline pipelines recipes rules",
    defaults: "default global globals options settings common",
  },
  task: {
    run: "function func fn call callable handler target uses module",
    command: "cmd cmds commands exec argv program executable entrypoint",
    shell: "script scripts sh bash",
    inputs:
      "input items foreach foreachitem withitems withsequence loop matrix data over each values iterable iterate iterator sources params parameters",
    args: "arguments kwargs",
    spread: "star starmap unpack",
    needs: "deps depends dependson dependencies requires require after waitfor prerequisites pre",
    isolation: "backend executor",
    jobs:
      "parallel parallelism concurrency concurrent maxparallel maxworkers maxprocs maxthreads numworkers workers threads " +
      "processes procs njobs poolsize slots",
    chunk: "chunksize chunks",
    window: "buffer buffersize queuesize prefetch",
    ordered: "keeporder sorted",
    init: "initializer initialize setup onstart beforeall",
    recycle: "maxtasksperchild maxtasksperworker maxtasks",
    memory: "mem memlimit memorylimit maxmemory",
    timeout:
      "timeoutseconds timeoutsec timeoutsecs timeoutms timeoutminutes timelimit deadline maxtime",
    grace: "graceperiod killafter killtimeout",
    retries: "retry retrycount attempts tries maxattempts maxretries",
    rate: "delay interval throttle ratelimit",
    halt:
      "failfast stoponerror stoponfailure bail continueonerror keepgoing ignoreerror ignoreerrors allowfailure",
    fold: "reduce reducer aggregate combine collect accumulate",
    initial: "initialvalue seed",
    env: "environment environ envs variables vars",
    cwd: "dir directory workdir workingdir workingdirectory wd folder chdir path",
    description: "desc summary title label help doc",
  },
  source: Object.fromEntries(
    [...KEYS.map((key) => [key.name, key] as const), ...Object.entries(SIDE_KEYS)]
      .flatMap(([name, { elsewhere }]) => elsewhere === undefined ? [] : [[name, elsewhere]]),
  ),
  retries: {
    times: "attempts count limit maxattempts maxretries retries tries n",
    backoff: "delay wait interval initialdelay",
    factor: "multiplier base exponent",
    max: "maxdelay maxbackoff maxwait cap",
    jitter: "random randomize",
    on: "errors error when if exceptions retryon",
  },
  recycle: {
    jobs: "tasks maxtasks maxjobs count n after",
    memory: "mem maxmemory memorylimit rss",
  },
};

/** What there is in other runners and not in a task, and what is done instead. */
const ABSENT: readonly (readonly [names: string, hint: string])[] = [
  ["steps stages subtasks", 'each step is a task of its own, and "needs" puts them in order'],
  ["if when only unless condition tags", "the tasks to run are named: fanfold run TASK…"],
  ["cache outputs artifacts generates", "what has ended is kept, and not done again with --resume"],
  ["name id", "the key that a task stands under is its name"],
  ["silent quiet interactive tty", "it is the command line that says what is printed: --format"],
  ["log logfile stdout stderr output", "what jobs print goes to stdout and stderr of fanfold run"],
  ["stdin", "commands have an empty stdin; inputs are read from stdin by inputs: { stdin: lines }"],
];

/** The key that a name from elsewhere stands for at a place. */
function keyFor(name: string, place: string): string | undefined {
  return Object.entries(NAMES_ELSEWHERE[place as KeyPlace] ?? {}).find(([, names]) =>
    has(names, name)
  )?.[0];
}

function has(names: string, name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[-_ ]/g, "");
  return names.split(" ").some((known) => known === plain);
}

/** The rules that may be a record. */
const RULE_RECORDS = RULES.filter((rule) => "keys" in rule);

/** What is wrong with a key that is not known at its place. */
export function unknownKey(path: readonly Key[], value?: unknown): Flaw {
  const key = String(path.at(-1));
  const owner = path.slice(0, -1);
  const where = owner.length === 0 ? "at the top" : `in ${nameOf(owner)}`;
  return {
    path,
    on: "key",
    message: `unknown key ${JSON.stringify(key)} ${where}`,
    hint: hintFor(key, owner, value),
  };
}

function hintFor(key: string, owner: readonly Key[], value: unknown): string | undefined {
  const known = knownKeys(owner);
  const place = placeOf(owner);
  const meant = meantKey(key, owner);
  if (meant !== undefined) {
    const form = meant === keyFor(key, place) ? formOf(meant, key) : "";
    return `did you mean "${meant}"?${form}`;
  }
  if (place === "top") {
    if (isRecord(value) && actionsOf(value).length > 0) return 'a task stands under "tasks"';
    if (DEFAULT_KEYS.includes(key)) return 'it stands in "defaults", or in a task';
    if (TASK_KEYS.includes(key)) return "it stands in a task";
  } else if (place === "task") {
    if (owner[0] === "defaults" && TASK_KEYS.includes(key)) return "it stands in a task";
    if (SOURCE_KEYS.includes(key)) return 'it stands in "inputs"';
    const rule = RULE_RECORDS.find(({ keys }) => Object.hasOwn(keys, key));
    if (rule !== undefined) return `it stands in "${rule.key}"`;
    const [, instead] = ABSENT.find(([names]) => has(names, key)) ?? [];
    if (instead !== undefined) return instead;
  } else if (TASK_KEYS.includes(key)) {
    const beside = owner.includes("inputs") ? "inputs" : owner.at(-1);
    return `it stands in the task, beside "${beside}"`;
  }
  // Where there are many keys, nobody would read them all in a message.
  return known.length > 10 ? undefined : `the keys here are ${listed(known, "and")}`;
}

/** How it is written here what is written otherwise elsewhere. */
function formOf(key: string, name: string): string {
  switch (key) {
    case "command":
      return ' it is a list like ["echo", "{}"]; "shell" takes a script';
    case "run":
      return ' it is a function like "./numbers.ts#double"';
    case "timeout":
      return ' a number is seconds, "500ms" and "5m" are durations';
    case "inputs":
      return name === "matrix" ? " every combination is { product: { a: [1, 2], b: [3] } }" : "";
    default:
      return "";
  }
}

/** The key that may be meant by another name: one from elsewhere, or one with a slip in it. */
function meantKey(key: string, owner: readonly Key[]): string | undefined {
  const known = knownKeys(owner);
  const meant = keyFor(key, placeOf(owner));
  if (meant !== undefined && known.includes(meant)) return meant;
  return isAtHomeElsewhere(key) ? undefined : nearest(key, known);
}

/** A key that is known at another place is no slip. */
function isAtHomeElsewhere(key: string): boolean {
  return TASK_KEYS.includes(key) || SOURCE_KEYS.includes(key) ||
    RULE_RECORDS.some(({ keys }) => Object.hasOwn(keys, key));
}

/** What is wrong with a key that is known, but not together with its neighbours. */
export function misusedKey(path: readonly Key[]): Flaw | undefined {
  const key = String(path.at(-1));
  const rule = path.length === 3 && path[0] === "tasks" ? ruleOf(key) : undefined;
  if (rule) {
    return { path, on: "key", message: `${nameOf(path)} applies to ${rule.appliesTo} only` };
  }
  if (!isInputPlace(path.slice(0, -1))) return undefined;
  const partners = KEYS.filter(({ goesWith }) => goesWith && Object.hasOwn(goesWith, key))
    .map(({ name }) => name);
  if (partners.length === 0) return undefined;
  return { path, on: "key", message: `${nameOf(path)} goes with ${listed(partners, "and")} only` };
}

/** What is wrong with a record that lacks a key; nothing if it has the key with a slip in it. */
export function missingKey(owner: readonly Key[], record: unknown, key: string): Flaw | undefined {
  if (hasSlip(Object(record), owner, [key])) return undefined;
  return { path: owner, on: "key", message: `no "${key}" in ${nameOf(owner)}` };
}

/** Whether the record at a place has an unknown key that may stand for one of `names`. */
export function hasSlip(record: object, owner: readonly Key[], names: readonly string[]): boolean {
  const known = knownKeys(owner);
  return Object.keys(record).some((key) => {
    const meant = known.includes(key) ? undefined : meantKey(key, owner);
    return meant !== undefined && names.includes(meant);
  });
}

/** Where a record stands: in one that a rule may be, by the key of that. */
function placeOf(owner: readonly Key[]): string {
  if (owner.length === 0) return "top";
  if (isInputPlace(owner)) return "source";
  if (owner.length === (owner[0] === "defaults" ? 1 : 2)) return "task";
  return String(owner.at(-1));
}

function knownKeys(owner: readonly Key[]): readonly string[] {
  const place = placeOf(owner);
  switch (place) {
    case "top":
      return TOP_KEYS;
    case "source":
      return SOURCE_KEYS;
    case "task":
      return owner[0] === "defaults" ? DEFAULT_KEYS : TASK_KEYS;
    default:
      return Object.keys(ruleOf(place)?.keys ?? {});
  }
}
