/**
 * What other task runners, pool libraries and CI systems call the keys of a tasks file.
 *
 * @module
 */

import { KEYS, SIDE_KEYS } from "../inputs/sources.ts";

/** Where a key stands. */
export type KeyPlace = "top" | "task" | "source" | "retries" | "recycle";

/** What a key is called elsewhere, by the key here; case, `_` and `-` do not count. */
type Names = Readonly<Record<string, string>>;

const TOP: Names = {
  tasks: "targets scripts pipeline pipelines recipes rules",
  defaults: "default global globals options settings common",
};

const TASK: Names = {
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
  ordered: "order keeporder sorted",
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
};

const SOURCE: Names = Object.fromEntries(
  [...KEYS.map((key) => [key.name, key] as const), ...Object.entries(SIDE_KEYS)]
    .flatMap(([name, { elsewhere }]) => elsewhere === undefined ? [] : [[name, elsewhere]]),
);

const RETRIES: Names = {
  times: "attempts count limit maxattempts maxretries retries tries n",
  backoff: "delay wait interval initialdelay",
  factor: "multiplier base exponent",
  max: "maxdelay maxbackoff maxwait cap",
  jitter: "random randomize",
  on: "errors error when if exceptions retryon",
};

const RECYCLE: Names = {
  jobs: "tasks maxtasks maxjobs count n after",
  memory: "mem maxmemory memorylimit rss",
};

/** The table; each name on its left is a key of its place. */
export const NAMES_ELSEWHERE: Readonly<Record<KeyPlace, Names>> = {
  top: TOP,
  task: TASK,
  source: SOURCE,
  retries: RETRIES,
  recycle: RECYCLE,
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
export function keyFor(name: string, place: string): string | undefined {
  return Object.entries(NAMES_ELSEWHERE[place as KeyPlace] ?? {}).find(([, names]) =>
    has(names, name)
  )?.[0];
}

/** One sentence on what is done instead of what a name from elsewhere stands for in a task. */
export function absentHint(name: string): string | undefined {
  return ABSENT.find(([names]) => has(names, name))?.[1];
}

function has(names: string, name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[-_ ]/g, "");
  return names.split(" ").some((known) => known === plain);
}
