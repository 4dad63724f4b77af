/**
 * `fanfold help watching`: what is shown of a run while it goes on, and at its end.
 *
 * @module
 */

import { PROGRESS_MODES } from "../request/options.ts";
import type { Row, Topic } from "../topic.ts";

const MODES: Readonly<Record<typeof PROGRESS_MODES[number], string>> = {
  auto:
    "`plain` where the variable CI is set; `bar` in a terminal, unless stdout is a pipe, for the program behind " +
    "it may write there, too, or inputs are typed there, or TERM is dumb; nothing elsewhere",
  bar: "a block below all else that is printed: a line for each of the four busiest tasks, with " +
    "the jobs that have ended, failures, how many end in a second, and the time left; the oldest " +
    "jobs that run; and all tasks together. Where stderr is no terminal it is as `plain`",
  plain: "a line for each task after 10 s, then every 30 s, and whenever another tenth has ended",
  none: "nothing",
};

export const watchingTopic: Topic = {
  name: "watching",
  title: "what is shown of a run while it goes on, and at its end",
  blocks: [
    { lines: "fanfold run --progress plain 2> log\nkill -USR2 PID" },
    "With `--progress`, or the variable FANFOLD_PROGRESS, stderr shows how far a run is:",
    { rows: PROGRESS_MODES.map((mode): Row => [mode, MODES[mode]]) },
    "A block is drawn when a run has lasted for a second, and is gone when it ends. What jobs print " +
    "goes above it; while a line has no end that holds more than text and colours, there is none. " +
    "Nor is there one while a shell has fanfold in the background, or a terminal changes its size. " +
    "What SIGSTOP or SIGKILL takes by surprise leaves it where it is.",
    "The time left is a range: in 8 of 10 cases the end lies within. It comes of how long jobs took " +
    "in the run before, as long as few have ended, of how long those took that have, and of how " +
    "long those have been running that have not, whatever the order of inputs: where they come by " +
    "size, it is too long for the largest first, and too short for the smallest. There is none " +
    "while inputs are still read, and none of several tasks together.",
    "In a terminal a last line says what a run has come to that went well. `--quiet` says only what " +
    "went wrong. `--verbose` says before that line which jobs took longest; and of functions, when " +
    "and why the first slots were opened (the others were busy, for example) and lost (to a job that " +
    "died, or by `recycle`).",
    "SIGUSR2 has fanfold tell on stderr what runs: task, job, input, age, slot, process, and the " +
    "last line that it wrote. (SIGUSR1 has Deno open its inspector.)",
  ],
};
