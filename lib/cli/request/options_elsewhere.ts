/**
 * Options of GNU parallel, `xargs` and task runners that fanfold does not have, and what is used instead.
 *
 * @module
 */

/** For some commands, or all: what there is here, in a sentence, and the options that are said to have it. */
type OptionsElsewhere = readonly [
  commands: readonly string[] | undefined,
  titles: Readonly<Record<string, string>>,
];

const NOT_HERE = "there is none here";
const RUN = ["run", "plan", "check", "list", "retry"];
const EACH_AND_MAP = ["each", "map"];

/** The table; of several hints for one title the first counts that is for the command. */
export const OPTIONS_ELSEWHERE: readonly OptionsElsewhere[] = [
  [["run"], {
    "leave it out: without a name all tasks are run": "-a --all",
  }],
  [["run", "map", "retry"], {
    "fanfold plan shows what a run would do": "-n --dry --just-print --recon --dry-run",
  }],
  [["run", "each", "map"], {
    "--format says how results are printed":
      "--json --ndjson --csv --yaml --output-format --reporter",
  }],
  [["each"], {
    "--max-args (-n) gives a job so many inputs, which are {1} {2}": "-N --max-replace-args",
    "no shell reads arguments, so that they need no quotes; --shell takes a script":
      "-q --quote --shellquote --shell-quote",
    "--results keeps the output of each job in a file":
      "--files --files0 --output-as-files --outputasfiles",
    "--dry-run prints the commands and runs none; --joblog logs them":
      "-v -t -p --interactive --dry --just-print --no-exec --debug --log-level",
    "--shell takes a script for sh": "-c --command",
    "--joblog logs each job as it ends": "--jl",
    "--results keeps the output of each job": "--res",
  }],
  [EACH_AND_MAP, {
    "--max-args (-n) gives a job so many inputs; an argument {} becomes one for each":
      "-N --max-replace-args -X -m --xargs -L -l --max-lines -s --max-chars",
    'jobs run in the folder of fanfold; in a tasks file "cwd" names another':
      "--wd --workdir --cwd --dir --directory --chdir",
    "inputs end at a line end, or with --null (-0) at NUL; the program tr makes one of another":
      "-d --delimiter",
    "inputs stand behind :::, in files behind ::::, or on the lines of stdin":
      "--input --inputs --args --arg --from-file --stdin",
    "--header : takes the first line for names": "--skip-first-line",
    "fanfold run takes a tasks file": "--file -f",
    "leave it out: a journal is kept only with --resume, --state-dir or a report": "--no-journal",
  }],
  [RUN, {
    'in a tasks file "zip" goes in step, "product" through every combination':
      "--product --matrix --link --xapply",
    'jobs run where the tasks file is found, unless "cwd" names another folder':
      "--wd --workdir --cwd --dir --directory --chdir -C",
    'inputs stand in the tasks file, under "inputs"; fanfold each and fanfold map take others':
      "--input --inputs --args --arg --stdin --foreach",
    "fanfold list lists the tasks": "-l --list --list-tasks --tasks --summary",
    "--file (-f) names the tasks file; the imports of a deno.json come by deno run --config":
      "--config -c --taskfile --makefile",
    "the tasks to run are named: fanfold run TASK": "--tag-filter --filter --only --tags --skip",
    'it is an option of fanfold each and fanfold map; in a tasks file "inputs" says what is read':
      "--arg-file -a --null -0 --colsep --header --csv --max-args -n --keep-order -k",
  }],
  [undefined, {
    "--jobs (-j) says how many jobs run at the same time":
      "-P --max-procs --concurrency --workers --max-workers --threads --processes --parallel --parallelism " +
      "--max-parallel --n-jobs --use-cpus-instead-of-cores --use-cores-instead-of-threads --use-sockets-instead-of-threads",
    "--jobs 1 runs one job after the other": "--serial --sequential",
    "the input is always {}, its parts are {.} {/} {//} {/.}, and several inputs are {1} {2}":
      "-I -i -U --replace",
    ":::+ and ::::+ link a source to the one before": "--link --xapply",
    '--delay 200ms starts five jobs a second; in a tasks file "rate" is 5/s':
      "--rate --throttle --rate-limit --interval",
    "--quiet says only what went wrong, and --format none prints no results": "-q --silent -s",
    "--verbose says at the end which jobs were slow, and why slots were opened": "-v --debug",
    "--progress shows how far it is": "--bar --eta --no-progress",
    "leave it out: without inputs nothing is run": "-r --no-run-if-empty",
    [`${NOT_HERE}: jobs have an empty stdin, and lines of stdin are inputs`]:
      "--pipe --spreadstdin --pipepart --pipe-part --block --block-size --block-timeout --recstart --recend --rrs " +
      "--remove-rec-sep --removerecsep --regexp --round-robin --roundrobin --round --rr --bt --cat --fifo --tee --shard --bin --group-by --blocks",
    [`${NOT_HERE}; stderr says what takes long, and fanfold show last how a kept run ended`]:
      "--ll --latest-line",
    [`${NOT_HERE}; --jobs (-j) says how many jobs run at the same time`]:
      "--load --memfree --memsuspend --noswap --limit",
    [`${NOT_HERE}; fanfold itself can be started by nice`]: "--nice",
    [`${NOT_HERE}: jobs run on this machine`]:
      "-S --sshlogin --sshloginfile --slf --transfer --transferfile --tf --return --cleanup --trc --basefile --bf " +
      "--onall --nonall --controlmaster --hostgroups --hgrp --filter-hosts --ssh --sshdelay --ssh-delay -M --rsync-opts",
    [`${NOT_HERE}; the program flock runs one command at a time`]:
      "--semaphore --sem --fg --bg --semaphorename --semaphore-name --id --semaphoretimeout --semaphore-timeout --st --wait",
    "columns of --colsep are trimmed, other inputs stay as they are": "--trim",
    "replacement strings are {} {.} {/} {//} {/.} {#} {%}, {1} {1/.} and {name} {name/.}":
      "--rpl --plus --parens --seqreplace --slotreplace --basenamereplace --bnr --dirnamereplace --dnr --extensionreplace " +
      "--er --basenameextensionreplace --bner",
    "leave it out: the output of a job always stays together": "--group --keep-group",
    "--live prints whole lines of all jobs as they are written":
      "--ungroup --line-buffer --linebuffer --lb --stream",
    "the variable TMPDIR names the folder of temporary files": "--tmpdir --tempdir",
    'jobs have the environment of fanfold; in a tasks file "env" adds to it':
      "--env --record-env --env-file --set-env",
    'the program shuf shuffles lines; in a tasks file "shuffle" is a seed':
      "--shuf --seed --shuffle --random",
    "inputs always stand behind :::, files of them behind ::::": "--arg-sep --arg-file-sep",
    "--tag has each line begin with its input and a tab":
      "--tagstring --tag-string --ctag --ctagstring",
    "--halt soon or --halt now stops at the first job that fails":
      "--halt-on-error --fail-fast --bail --stop-on-error --exit-on-error",
    "leave it out: all jobs run, unless --halt says when to stop":
      "--keep-going --ignore-errors --no-bail --continue-on-error",
    "--resume-failed does again what did not end well": "--retry-failed --failed",
    "--retries is the number of further attempts":
      "--retry --attempts --max-attempts --max-retries --tries",
    "--timeout is the time for one attempt: 500ms, 30s, 5m":
      "--max-time --time-limit --deadline --timeout-seconds --limit-time",
    [`${NOT_HERE}; the programs head and sed end what is read`]: "-E --eof",
    [`${NOT_HERE}; fanfold plan shows what a run would do, fanfold show last what it did`]:
      "-t -p --interactive --log-level",
    "leave it out: results come in the order of the inputs": "--sort --ordered --order --keep",
    "a terminal shows each job of --live in a color, unless NO_COLOR is set":
      "--color --colour --no-color --no-colour --color-failed --cf",
    "leave it out: all jobs run, unless --resume goes on with a run":
      "--force --always-make -B --no-cache --rerun",
    "jobs find their slot in the variable FANFOLD_SLOT, and in {%}": "--process-slot-var",
    "leave it out":
      "--citation --bibtex --will-cite --gnu --no-notice --unsafe --plain --minversion --tollef --embed --profile",
    [`${NOT_HERE}: jobs have an empty stdin and no terminal`]:
      "-o --open-tty --tty --tmux --tmuxpane",
    'in a tasks file "memory" limits a function': "--memory --max-memory --mem",
    "the program nproc tells it; --jobs 50% is half of it":
      "--number-of-cpus --number-of-cores --number-of-sockets --number-of-threads",
    [NOT_HERE]: "-w --watch --compress --compress-program --decompress-program " +
      "--total-jobs --total --termseq --term-seq --template --tmpl --sql --sqlmaster --sql-master --sqlworker --sql-worker --sqlandworker --sql-and-worker " +
      "--show-limits --max-line-length-allowed --shebang --shebang-wrap --hashbang -x --exit --filter --session --shellcompletion --shell-completion",
    "--unordered (-u) prints results as jobs end": "--no-keep-order",
    // Options of one command of fanfold, given to another.
    "it is an option of fanfold each": "--joblog --results --shell --dry-run",
    "it is an option of fanfold map": "--json --spread",
    'it is an option of fanfold map; in a tasks file it is "fold"': "--fold",
  }],
];

/** What is used here instead of an option from elsewhere; nothing if that is not known. */
export function optionHint(title: string, command: string): string | undefined {
  return OPTIONS_ELSEWHERE.filter(([commands]) => commands?.includes(command) ?? true)
    .flatMap(([, titles]) => Object.entries(titles))
    .find(([, titles]) => titles.split(" ").includes(title))?.[0];
}
