/**
 * `fanfold help permissions`: what tasks may do, and what holds them to it.
 *
 * @module
 */

import { ALWAYS_ALLOWED, type AlwaysAllowed } from "../../engines/confined/always_allowed.ts";
import { permissions } from "../../rules/permissions.ts";
import type { Row, Topic } from "../topic.ts";

/** The kinds, and what stands beside them, as an editor shows them. */
const KEYS: readonly Row[] = Object.entries(permissions.keys);

/** What every command may do, behind what that is for. */
function rowOf({ paths, may, what, ofNet }: AlwaysAllowed): Row {
  const limits = [...ofNet ? ["with net"] : [], ...may === "write" ? ["written, too"] : []];
  return [what, [paths.join(" "), ...limits].join(", ")];
}

export const permissionsTopic: Topic = {
  name: "permissions",
  title: "what a task may do, and nothing else",
  blocks: [
    {
      lines: `tasks:
  fetch:
    command: [curl, -fsS, '{}']
    inputs: { lines: words }
    permissions: { net: ['*:443'] }
  count: { run: ./risky.ts#work, inputs: { from: fetch }, permissions: none }`,
    },
    "A task with `permissions` may do what they list, and nothing else; one without may do what " +
    "fanfold may. `defaults: { permissions: … }` holds for every task that has none of its own, " +
    "which stand in their place as a whole. A kind is `true`, for all of it, or a list; what is not " +
    "named is not allowed.",
    { rows: KEYS },
    "Paths start from the folder of the tasks file, and a folder stands for all below it. A host is " +
    "`b.org`, `b.org:443` or `*.b.org`. `none` allows nothing; any other word is the name of a set " +
    "in the `permissions` of the nearest `deno.json`, whose paths start from there; a set that " +
    "denies something is refused.",
    "Functions run in a process of their own, which Deno has just these permissions for: `init` " +
    "too, and what they import. The module itself, and the code that it names, is loaded without " +
    "being asked for; other files that it imports, as JSON and text, it has to be allowed to read. " +
    "What a function is denied is told with the line that allows it. Packages of npm that are not " +
    "cached, and Deno's own hosts, take `import`. What Deno keeps for `localStorage` and `caches` is " +
    "new in each process, and left behind in its cache, unless all may be read and written. A " +
    "compiled program cannot hold functions, and refuses them.",
    "Not held are programs that functions start: who may run some may do what these can; and links " +
    "in folders that are listed lead functions wherever they point, also those that a command makes " +
    "which may write there.",
    "Commands and scripts are held by Landlock, which the kernel of Linux has, and so is all that " +
    "they start; a filter of system calls refuses what Landlock does not see. Deno's kinds `ffi`, " +
    "`sys` and `import` are not for them, and `net` is ports of TCP, not hosts. `write` is not " +
    "`read`, and there is no folder for temporary files unless it is listed. What is listed has to be " +
    "there when the task starts; a link stands for what it points to then. Variables that are not " +
    "listed are not passed on, but for `PATH` and those of the task's `env`. Where the kernel cannot " +
    "hold a task to its permissions it is refused, unless these say `commands: best-effort`: then it " +
    "is held to what can be, and that is said.",
    "Not held are UDP, sockets that have a path, and listening on a port that the system picks, for " +
    "who has some `net`: who has none opens no socket; whether a file is there, and its size; what " +
    "an interpreter is told to run by arguments or files that it may read; priorities; other jobs of " +
    "the same task; before Linux 6.12, signals. Who may write something may change modes, owners and " +
    "times of all files of its user, who may write nothing of none. Memory of System V is for who may " +
    "read and write all; keys that the kernel keeps, and what root alone may do to the system, are " +
    "for no command, nor are programs of 32 bits. A program that a command may itself write can name " +
    "another interpreter for the next run. A daemon that clears its environment outlives the run.",
    "Beside what is listed, every command may read this; to start a program that is there takes " +
    "`run`:",
    { rows: ALWAYS_ALLOWED.map(rowOf) },
    "What fanfold does itself is held by no permissions of a task: reading its inputs, its `fold`, " +
    "functions that give inputs, and a tasks file in TypeScript with all that it imports. `fanfold " +
    "plan` shows what each task may do, what holds it, and what runs in fanfold itself.",
    "`fanfold run TASK --learn` finds out what a task needs.",
    {
      lines: "fanfold run --locked\n" +
        "fanfold check --permissions origin/main\n" +
        "fanfold plan --permissions",
    },
    "`--locked` refuses before any job, and before any module is loaded, whatever would run and is " +
    "held to nothing: tasks without `permissions`, a `fold`, functions that give inputs, a tasks " +
    "file in TypeScript.",
    "`check --permissions BASE` is for reviewers: it tells what tasks may do more than in BASE, " +
    "which is a revision of git, `REVISION:PATH`, or another tasks file, and exits with 1 if there " +
    "is something, with 0 if not. Nothing that either file names is run; one that is code is " +
    "refused. Where a link leads, and what a program or a function does, is not compared.",
    "`plan --permissions` prints the line that runs the file with just what Deno has to allow " +
    "fanfold for it; with less, `run`, `each` and `map` say before any job what they lack. Functions " +
    "in Workers take no `--allow-run`. Those in processes take a whole `--allow-run`, and " +
    "`--allow-read` if they have no permissions of their own. Without `-A` fanfold cannot look into " +
    "`/proc`: `memory` limits the heap alone, and what a command has started itself may outlive its " +
    "`timeout`, and the run.",
    "Journals, what is beside them, the folder that they are in and files for held output are their " +
    "owner's alone, whatever the umask; what is asked for, as `--results` and reports, is made as " +
    "the umask has it.",
  ],
};
