/**
 * `fanfold help parallel`: what those find here who come from GNU parallel.
 *
 * @module
 */

import type { Topic } from "../topic.ts";

export const parallelTopic: Topic = {
  name: "parallel",
  title: "for those who come from GNU parallel",
  blocks: [
    {
      lines: "fanfold each gzip {} ::: *.log\n" +
        "fanfold each --shell 'grep -c \"$1\" *.txt' ::: one two\n" +
        "seq 100 | fanfold each -j8 -n2 echo {2}-{1}",
    },
    "each and map take inputs as GNU parallel does: `:::`, `:::+`, `::::`, `::::+`, `-a`, `-0`, " +
    "`--colsep`, `--csv`, `--header :`, `-n`; further `-k`, `-u`, `--tag`, `--dry-run`, " +
    "`--joblog`, `--results` and `-j`. Replacement strings are the same: fanfold help replacements.",
    "What differs, on purpose:",
    {
      rows: [
        ["quotes", "without a shell an argument is an argument and needs none"],
        [
          "scripts",
          "a script is given with `--shell 'grep -c \"$1\" *.txt'`, and finds its inputs in `$1`, " +
          "`$2`…",
        ],
        ["order", "results come in the order of the inputs (`-k`)"],
        [
          "--lb",
          "`--live`, where a last line without a line end gets one, and a carriage return ends none",
        ],
        ["exit code", "one of those that fanfold help outcomes lists"],
        ["--retries 2", "two further attempts"],
        ["--results", "never leaves its folder"],
        ["sources", "an empty source leaves no combination"],
        ["positions", "one that an input lacks is an empty argument"],
        [
          "--colsep",
          "a JavaScript regular expression, so that `(a+)+$` can take for ever",
        ],
      ],
    },
    "map calls the function with a text, or what that is as JSON (`--json`); with a list for " +
    "several sources, columns or `-n`, which `--spread` spreads; with a record for `--header :`.",
  ],
};
