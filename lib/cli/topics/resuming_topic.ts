/**
 * `fanfold help resuming`: what is kept of a run, and how one goes on.
 *
 * @module
 */

import type { Topic } from "../topic.ts";

export const resumingTopic: Topic = {
  name: "resuming",
  title: "what is kept of a run, and how one goes on",
  blocks: [
    {
      lines: "fanfold run --resume          # what ended in the last such run is not done again\n" +
        "fanfold run --resume-failed   # likewise, but for what did not end well\n" +
        "fanfold show last             # how it ended, why, and how to go on\n" +
        "fanfold show last resize 3    # the third job of a task, with all that it printed\n" +
        "fanfold retry last            # the rest of a run, and what failed\n" +
        "fanfold repro last resize 3   # one job again\n" +
        "fanfold runs --prune --keep 10",
    },
    "run keeps each job as it ends, in a SQLite file .fanfold/runs/RUN.db that its owner alone can " +
    "read, with what it wrote; `--state-dir` or FANFOLD_STATE names another folder than .fanfold, " +
    "and `--no-journal` keeps nothing. each and map keep a journal when they are called with " +
    "`--resume`, `--state-dir` or for a report.",
    "`--resume` goes on with the last run of the same that has not come to its end, whatever ended " +
    "since, and else begins anew; `--resume-failed` also does again what did not end well.",
    "A job is known by its task, its input, wherever that stands now, and by what it does: the " +
    "function with every local module that it imports, or the command, its variables and folder; " +
    "not by how jobs are run. A file of `files` is known by size and times, or up to 4 MiB by what " +
    "is in it. Not noticed are modules imported under a computed name, and new versions of " +
    "packages; in a tasks file in TypeScript any edit counts for its functions. What cannot be " +
    "serialised is done again. why tells why a job would be.",
    "Where stdin or files give no inputs now, those of a task that had come to its end are used, " +
    "or it is a fault.",
    "A full disk ends the run, and `--resume` goes on; a damaged journal is told as such.",
    "retry does the rest of a run, and what failed, under the options it had; repro does one job " +
    "again. show tells how a run ended, or how far it is; of a job it tells all that it printed, " +
    "and `--raw` prints that byte for byte. `runs --prune --keep 10` removes what is older, and " +
    "nothing else ever is.",
    "each `--joblog FILE --resume` goes by the log.",
    "The view `outcomes` of a journal answers sqlite3:",
    {
      lines: "db=$(ls .fanfold/runs/*.db | tail -1)\n" +
        "sqlite3 \"$db\" \"select input, error ->> 'message' from outcomes where kind <> 'done'\"",
    },
  ],
};
