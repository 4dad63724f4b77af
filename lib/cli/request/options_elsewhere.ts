/**
 * Options of GNU parallel, `xargs` and task runners that fanfold does not have, and what is used instead.
 *
 * @module
 */

/** Options, and one sentence on what there is here. */
export interface OptionsElsewhere {
  /** Their titles, with dashes. */
  readonly titles: string;
  readonly hint: string;
  /** The commands that the hint is for. @default all */
  readonly commands?: readonly string[];
}

const NOT_HERE = "there is none here";
const RUN = ["run", "plan", "check", "list", "retry"];
const EACH_AND_MAP = ["each", "map"];

/** The table; of several entries for one title the first counts that is for the command. */
export const OPTIONS_ELSEWHERE: readonly OptionsElsewhere[] = [
  {
    titles:
      "-P --max-procs --concurrency --workers --max-workers --threads --processes --parallel --parallelism " +
      "--max-parallel --n-jobs --use-cpus-instead-of-cores --use-cores-instead-of-threads --use-sockets-instead-of-threads",
    hint: "--jobs (-j) says how many jobs run at the same time",
  },
  { titles: "--serial --sequential", hint: "--jobs 1 runs one job after the other" },
  {
    titles: "-I -i -U --replace",
    hint: "the input is always {}, its parts are {.} {/} {//} {/.}, and several inputs are {1} {2}",
  },
  {
    titles: "-N --max-replace-args",
    hint: "--max-args (-n) gives a job so many inputs, which are {1} {2}",
    commands: ["each"],
  },
  {
    titles: "-N --max-replace-args -X -m --xargs -L -l --max-lines -s --max-chars",
    hint: "--max-args (-n) gives a job so many inputs; an argument {} becomes one for each",
    commands: EACH_AND_MAP,
  },
  { titles: "--link --xapply", hint: ":::+ and ::::+ link a source to the one before" },
  {
    titles: "--link --xapply --product --matrix",
    hint: 'in a tasks file "zip" goes in step, "product" through every combination',
    commands: RUN,
  },
  {
    titles: "--wd --workdir --cwd --dir --directory --chdir",
    hint: 'jobs run in the folder of fanfold; in a tasks file "cwd" names another',
    commands: EACH_AND_MAP,
  },
  {
    titles: "--wd --workdir --cwd --dir --directory --chdir -C",
    hint: 'jobs run where the tasks file is found, unless "cwd" names another folder',
    commands: RUN,
  },
  {
    titles: "--rate --throttle --rate-limit --interval",
    hint: '--delay 200ms starts five jobs a second; in a tasks file "rate" is 5/s',
  },
  {
    titles: "-q --quote --shellquote --shell-quote",
    hint: "no shell reads arguments, so that they need no quotes; --shell takes a script",
    commands: ["each"],
  },
  {
    titles: "-q --quiet --silent -s",
    hint: "--format none prints no results; messages go to stderr",
  },
  { titles: "-r --no-run-if-empty", hint: "leave it out: without inputs nothing is run" },
  {
    titles:
      "--pipe --spreadstdin --pipepart --pipe-part --block --block-size --block-timeout --recstart --recend --rrs " +
      "--remove-rec-sep --removerecsep --regexp --round-robin --roundrobin --round --rr --bt --cat --fifo --tee --shard --bin --group-by --blocks",
    hint: `${NOT_HERE}: jobs have an empty stdin, and lines of stdin are inputs`,
  },
  {
    titles: "--bar --eta --progress --no-progress --ll --latest-line",
    hint: `${NOT_HERE}; stderr says what takes long, and fanfold show last how a kept run ended`,
  },
  {
    titles: "--load --memfree --memsuspend --noswap --limit",
    hint: `${NOT_HERE}; --jobs (-j) says how many jobs run at the same time`,
  },
  { titles: "--nice", hint: `${NOT_HERE}; fanfold itself can be started by nice` },
  {
    titles:
      "-S --sshlogin --sshloginfile --slf --transfer --transferfile --tf --return --cleanup --trc --basefile --bf " +
      "--onall --nonall --controlmaster --hostgroups --hgrp --filter-hosts --ssh --sshdelay --ssh-delay -M --rsync-opts",
    hint: `${NOT_HERE}: jobs run on this machine`,
  },
  {
    titles:
      "--semaphore --sem --fg --bg --semaphorename --semaphore-name --id --semaphoretimeout --semaphore-timeout --st --wait",
    hint: `${NOT_HERE}; the program flock runs one command at a time`,
  },
  { titles: "--trim", hint: "columns of --colsep are trimmed, other inputs stay as they are" },
  {
    titles:
      "--rpl --plus --parens --seqreplace --slotreplace --basenamereplace --bnr --dirnamereplace --dnr --extensionreplace " +
      "--er --basenameextensionreplace --bner",
    hint: "replacement strings are {} {.} {/} {//} {/.} {#} {%}, {1} {1/.} and {name} {name/.}",
  },
  {
    titles: "--group --keep-group",
    hint: "leave it out: the output of a job always stays together",
  },
  {
    titles: "--ungroup --line-buffer --linebuffer --lb",
    hint: "--unordered (-u) prints jobs as they end; the job whose turn it is prints at once",
  },
  { titles: "--tmpdir --tempdir", hint: "the variable TMPDIR names the folder of temporary files" },
  { titles: "--compress --compress-program --decompress-program", hint: NOT_HERE },
  {
    titles: "--files --files0 --output-as-files --outputasfiles",
    hint: "--results keeps the output of each job in a file",
    commands: ["each"],
  },
  {
    titles: "--env --record-env --env-file --set-env",
    hint: 'jobs have the environment of fanfold; in a tasks file "env" adds to it',
  },
  {
    titles: "--shuf --seed --shuffle --random",
    hint: 'the program shuf shuffles lines; in a tasks file "shuffle" is a seed',
  },
  {
    titles: "-d --delimiter",
    hint:
      "inputs end at a line end, or with --null (-0) at NUL; the program tr makes one of another",
    commands: EACH_AND_MAP,
  },
  {
    titles: "--arg-sep --arg-file-sep",
    hint: "inputs always stand behind :::, files of them behind ::::",
  },
  {
    titles: "--input --inputs --args --arg --from-file --stdin",
    hint: "inputs stand behind :::, in files behind ::::, or on the lines of stdin",
    commands: EACH_AND_MAP,
  },
  {
    titles: "--input --inputs --args --arg --stdin --foreach",
    hint:
      'inputs stand in the tasks file, under "inputs"; fanfold each and fanfold map take others',
    commands: RUN,
  },
  {
    titles: "--tagstring --tag-string --ctag --ctagstring",
    hint: "--tag has each line begin with its input and a tab",
  },
  {
    titles: "--halt-on-error --fail-fast --bail --stop-on-error --exit-on-error",
    hint: "--halt soon or --halt now stops at the first job that fails",
  },
  {
    titles: "--keep-going --ignore-errors --no-bail --continue-on-error",
    hint: "leave it out: all jobs run, unless --halt says when to stop",
  },
  { titles: "--retry-failed --failed", hint: "--resume-failed does again what did not end well" },
  {
    titles: "--retry --attempts --max-attempts --max-retries --tries",
    hint: "--retries is the number of further attempts",
  },
  {
    titles: "--max-time --time-limit --deadline --timeout-seconds --limit-time",
    hint: "--timeout is the time for one attempt: 500ms, 30s, 5m",
  },
  { titles: "-E --eof", hint: `${NOT_HERE}; the programs head and sed end what is read` },
  {
    titles: "-n --dry --just-print --recon --dry-run",
    hint: "fanfold plan shows what a run would do",
    commands: ["run", "map", "retry"],
  },
  {
    titles:
      "-v --verbose -t -p --interactive --dry --just-print --no-exec --trace --debug --log-level",
    hint: "--dry-run prints the commands and runs none; --joblog logs them",
    commands: ["each"],
  },
  {
    titles: "-v --verbose -t -p --interactive --trace --debug --log-level",
    hint: `${NOT_HERE}; fanfold plan shows what a run would do, fanfold show last what it did`,
  },
  { titles: "-w --watch", hint: NOT_HERE },
  {
    titles: "-l --list --list-tasks --tasks --summary",
    hint: "fanfold list lists the tasks",
    commands: RUN,
  },
  { titles: "-a --all", hint: "leave it out: without a name all tasks are run", commands: ["run"] },
  {
    titles: "--config -c --taskfile --makefile",
    hint: "--file (-f) names the tasks file; the imports of a deno.json come by deno run --config",
    commands: RUN,
  },
  { titles: "-c --command", hint: "--shell takes a script for sh", commands: ["each"] },
  {
    titles: "--json --ndjson --csv --yaml --output-format --reporter",
    hint: "--format says how results are printed",
    commands: ["run", "each", "map"],
  },
  {
    titles: "--sort --ordered --order --keep",
    hint: "leave it out: results come in the order of the inputs",
  },
  {
    titles: "--color --colour --no-color --no-colour --color-failed --cf",
    hint: "there are no colors",
  },
  {
    titles: "--force --always-make -B --no-cache --rerun",
    hint: "leave it out: all jobs run, unless --resume goes on with a run",
  },
  {
    titles: "--tag-filter --filter --only --tags --skip",
    hint: "the tasks to run are named: fanfold run TASK",
    commands: RUN,
  },
  {
    titles: "--skip-first-line",
    hint: "--header : takes the first line for names",
    commands: EACH_AND_MAP,
  },
  {
    titles: "--process-slot-var",
    hint: "jobs find their slot in the variable FANFOLD_SLOT, and in {%}",
  },
  {
    titles:
      "--citation --bibtex --will-cite --gnu --no-notice --unsafe --plain --minversion --tollef --embed --profile",
    hint: "leave it out",
  },
  {
    titles: "-o --open-tty --tty --tmux --tmuxpane",
    hint: `${NOT_HERE}: jobs have an empty stdin and no terminal`,
  },
  { titles: "--memory --max-memory --mem", hint: 'in a tasks file "memory" limits a function' },
  {
    titles: "--number-of-cpus --number-of-cores --number-of-sockets --number-of-threads",
    hint: "the program nproc tells it; --jobs 50% is half of it",
  },
  {
    titles:
      "--total-jobs --total --termseq --term-seq --template --tmpl --sql --sqlmaster --sql-master --sqlworker --sql-worker --sqlandworker --sql-and-worker " +
      "--show-limits --max-line-length-allowed --shebang --shebang-wrap --hashbang -x --exit --filter --session --shellcompletion --shell-completion",
    hint: NOT_HERE,
  },
  { titles: "--jl", hint: "--joblog logs each job as it ends", commands: ["each"] },
  { titles: "--res", hint: "--results keeps the output of each job", commands: ["each"] },
  { titles: "--no-keep-order", hint: "--unordered (-u) prints results as jobs end" },
  // Options of one command of fanfold, given to another.
  { titles: "--joblog --results --shell --dry-run", hint: "it is an option of fanfold each" },
  { titles: "--json --spread", hint: "it is an option of fanfold map" },
  { titles: "--fold", hint: 'it is an option of fanfold map; in a tasks file it is "fold"' },
  {
    titles: "--arg-file -a --null -0 --colsep --header --csv --max-args -n --keep-order -k",
    hint:
      'it is an option of fanfold each and fanfold map; in a tasks file "inputs" says what is read',
    commands: RUN,
  },
  { titles: "--file -f", hint: "fanfold run takes a tasks file", commands: EACH_AND_MAP },
  {
    titles: "--no-journal",
    hint: "leave it out: a journal is kept with --resume only",
    commands: EACH_AND_MAP,
  },
];

/** What is used here instead of an option from elsewhere; nothing if that is not known. */
export function optionHint(title: string, command: string): string | undefined {
  return OPTIONS_ELSEWHERE.find(({ titles, commands }) =>
    titles.split(" ").includes(title) && (commands?.includes(command) ?? true)
  )?.hint;
}
