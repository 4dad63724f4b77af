/**
 * `fanfold help engines`: where jobs run, and what that means for them.
 *
 * @module
 */

import type { Topic } from "../topic.ts";

export const enginesTopic: Topic = {
  name: "engines",
  title: "where jobs run",
  blocks: [
    {
      rows: [
        [
          "worker",
          "a Worker, for functions that are trusted, quick ones too; an endless loop ends with the " +
          "run; of a full heap that job died",
        ],
        [
          "process",
          "a Deno process, kept for many jobs, for functions that may crash or need an environment " +
          "and a folder of their own; an endless loop ends with the run, or at its `timeout`; of a " +
          "full heap that job died",
        ],
        [
          "command",
          "a subprocess for each job, for any program; an endless loop ends with the run, or at " +
          "its `timeout`; with a full heap the job failed, or died of a signal",
        ],
      ],
    },
    { lines: "tasks:\n  safe: { run: ./risky.ts#work, isolation: process, inputs: [1, 2, 3] }" },
    "With `permissions` functions run in processes, and Deno holds them to these; Landlock holds " +
    "commands: `fanfold help permissions`.",
    "What a function prints comes before its value, at its turn; output of commands passes byte " +
    "for byte. The job whose turn it is prints at once, if it is not to be retried. What a " +
    "subprocess of a function writes to an inherited stdout comes at the turn of its job in a " +
    "process; in a Worker it is not gathered.",
    "A Worker has an environment of its own, and may not change folder or umask. A `chdir` that " +
    "was imported by its name is not kept from it, and moves all functions in Workers. stdin is no " +
    "job's. A Worker that fills memory with buffers takes fanfold along.",
    "`memory` is resident memory, looked at ten times a second; where it cannot be seen (not " +
    "Linux, not `--allow-all`) the heap alone is limited.",
    "What was sent to a slot waits behind a long job only until another slot is free; jobs of the " +
    "same message too, where `chunk` is `auto`. In processes that takes Linux, `--allow-ffi` and " +
    "no `timeout`.",
    "What a slot has not handed over when it dies, the results of 32 ms at most, is lost, and done " +
    "again. What a job wrote before it was ended comes, and is kept as that of others; only of a " +
    "function that prints more than 2,000 times a second the last 32 ms of that may be lost.",
    "What a run has started is known by its variable FANFOLD_RUN; who clears that is not found, " +
    "and without `/proc` only what descends from a running command is. Commands also get " +
    "FANFOLD_TASK, FANFOLD_INDEX, FANFOLD_ATTEMPT and FANFOLD_SLOT; one that signals its whole " +
    "group (`kill 0`) ends fanfold.",
    "What is awaited for 10 s is told on stderr: an `init`, a `fold`, the next input of a function.",
    "At the first SIGINT, SIGTERM or SIGHUP no job starts, commands are asked to end, and killed " +
    "after their `grace`; so are functions that have looked at `context.signal`, which aborts; " +
    "others at once; a `fold` that waits is left; what they wrote comes. At the second all ends, " +
    "even amid a query; a copy of the first within 200 ms, as `deno task` sends one, is none. " +
    "Ctrl-Z suspends all, time-outs too.",
  ],
};
