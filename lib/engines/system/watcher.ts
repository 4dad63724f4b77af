/**
 * The process that ends what this one has started when it cannot do so itself.
 *
 * @module
 */

import { isGranted, statusOf } from "./proc.ts";

/** How often a watcher that was ended by somebody is replaced. */
const MOST_DEATHS = 10;

/** Ways to start a shell in a session of its own; Deno starts what is detached several times as slowly. */
const WAYS = [
  { program: "setsid", shell: ["sh"] },
  { program: "/usr/bin/setsid", shell: ["/bin/sh"] },
  { program: "sh", shell: [] },
  { program: "/bin/sh", shell: [] },
];

/**
 * Watches over processes, those of a run for example: when this one ends without having disposed of the watcher,
 * be it by SIGKILL, all that carry the mark in the environment they were started with are ended.
 *
 * The watcher is a shell at the other end of a pipe, which closes when this process is gone. It has a session
 * of its own, so that Ctrl-C and the end of a terminal do not reach it; one that is ended nevertheless is replaced.
 * Not found are processes that have cleared their environment and those of other users. Where this process may not
 * start a shell, and on Windows, nothing is watched over.
 */
export class Watcher implements AsyncDisposable {
  readonly #id: string;
  readonly #variable: string;
  readonly #onLost: (reason: string) => void;
  /** Held as long as it watches: the pipe of a child that nobody holds is closed. */
  #child?: Deno.ChildProcess;
  #way = 0;
  #deaths = 0;

  /**
   * @param id The mark: the value of a variable of the environment, the id of a run for example.
   * @param options.variable Name of that variable.
   * @param options.onLost Told once, and why, if nothing is watched over any more though it might be.
   */
  constructor(
    id: string,
    { variable = "FANFOLD_RUN", onLost = () => {} }: {
      readonly variable?: string;
      readonly onLost?: (reason: string) => void;
    } = {},
  ) {
    this.#id = id;
    this.#variable = variable;
    this.#onLost = onLost;
  }

  /** Starts to watch, if it does not yet. To be called before anything is started that is to be seen. */
  start(): void {
    if (this.#child || this.#deaths > MOST_DEATHS || Deno.build.os === "windows") return;
    const args = ["-c", WATCHER_SCRIPT, "fanfold-watcher", this.#id, "/proc", this.#variable];
    for (; this.#way < WAYS.length; this.#way++) {
      const { program, shell } = WAYS[this.#way] as typeof WAYS[number];
      const child = started(program, [...shell, ...args], shell.length === 0);
      if (!child) continue;
      this.#child = child;
      statusOf(child).then(({ signal }) => this.#died(child, signal === null));
      return;
    }
    const mayRun = WAYS.some(({ program }) => isGranted({ name: "run", command: program }));
    if (mayRun) this.#lost("no shell can be started");
  }

  /** Ends the watcher; resolves when it is gone. What carries the mark is not touched. */
  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    this.#deaths = Infinity;
    if (!child) return;
    this.#child = undefined;
    child.ref();
    try {
      child.kill("SIGKILL");
    } catch {
      // It has been ended by somebody else.
    }
    await child.status;
    // Not before: it would take the end of its stdin for the end of this process.
    await child.stdin.close().catch(() => {});
  }

  /** @param byItself It was no signal that ended it: this shell cannot do what it is to do. */
  async #died(child: Deno.ChildProcess, byItself: boolean): Promise<void> {
    if (this.#child !== child) return;
    this.#child = undefined;
    await child.stdin.close().catch(() => {});
    if (byItself) this.#way++;
    this.#deaths++;
    if (this.#deaths <= MOST_DEATHS) this.start();
    else if (this.#deaths < Infinity) this.#lost("its shell is ended again and again");
  }

  #lost(reason: string): void {
    this.#deaths = Infinity;
    this.#onLost(reason);
  }
}

/** A process that has nothing of this one but the pipe; nothing where it cannot be started. */
function started(
  program: string,
  args: string[],
  detached: boolean,
): Deno.ChildProcess | undefined {
  if (!isGranted({ name: "run", command: program })) return undefined;
  try {
    const child = new Deno.Command(program, {
      args,
      detached,
      // This process may itself be of a run, and the watcher has to outlive that too.
      env: { FANFOLD_RUN: "" },
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    child.unref();
    return child;
  } catch {
    return undefined;
  }
}

/**
 * Waits for the end of its stdin, and then ends all processes that carry the variable `$3` with the value `$1`
 * in the environment they were started with. `$2` is the folder in which the system shows its processes,
 * `/proc`; where there is none, `ps` is asked, which shows environments without their borders.
 *
 * In `/proc` a look goes over all, and then over those that were started meanwhile, until nobody at all was: who
 * was killed starts nobody, so nothing is missed. A process that shows no environment, or whose environment lies
 * elsewhere when it has been read, is becoming another program, and is looked at again, unless it is ending or a
 * thread of the kernel. It looks until it has twice found nothing,
 * a tenth of a second apart: somebody without the mark may start one that has it. What cannot be ended, or does not
 * become what it is to be, is left after a thousand times; those that start others are not.
 *
 * The mark has to be the whole of a variable (`grep -z -x`). Where there is no such `grep`, in the folders of the
 * system or on the `PATH`, the shell reads environments itself, without their borders. It starts nothing while it
 * looks whether anybody was started. The descriptors from 3 on are what the runner itself was handed open.
 */
export const WATCHER_SCRIPT: string = `
trap '' HUP INT QUIT TERM
exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
PATH=/usr/bin:/bin:/usr/sbin:/sbin:$PATH
cd "$2" || cd /
read -r end
mark=$3=$1
grep -qzxF mark /dev/null
[ $? -eq 1 ] && greps=1 || greps=
place_of() {
  place= stat=
  { read -r stat < "$1/stat"; } 2>&-
  [ "$stat" ] || return 1
  set -- \${stat##*) }
  place=\${48}-\${49}
}
carries() {
  place_of "$1" || return 1
  before=$place text=
  { while IFS= read -r line || [ "$line" ]; do text=$text$line; done < "$1/environ"; } 2>&- || return 1
  case $text in
    *"$mark"*) { [ ! "$greps" ] || grep -qszxF "$mark" "$1/environ"; } && return ;;
    ?*) ;;
    *) shows_none "$1"; return ;;
  esac
  place_of "$1" || return 1
  [ "$place" = "$before" ] || return 2
  return 1
}
shows_none() {
  stat=
  { read -r stat < "$1/stat"; } 2>&-
  [ "$stat" ] || return 1
  one=$1
  set -- \${stat##*) }
  [ $(($7 & 0x200000)) -eq 0 ] || return 1
  case $1$(($7 & 4)) in
    Z* | X* | ?4)
      case $one in */*) return 1 ;; esac
      for thread in "$one"/task/*; do
        [ "\${18}" -gt 1 ] && carries "$thread" && return
      done
      return 1
      ;;
  esac
  [ "\${49}" -ne 0 ] && [ "\${48}" = "\${49}" ] && return 1
  return 2
}
look() {
  for pid; do
    carries "$pid"
    case $? in
      0) kill -9 "$pid" && hit=1 ;;
      2) again="$again $pid" ;;
    esac
  done
}
look_at_all() {
  [ "$greps" ] || { look [0-9]*; return; }
  for found in $(grep -lszxF "$mark" [0-9]*/environ); do kill -9 "\${found%/*}" && hit=1; done
  for found in $(grep -Lsz '' [0-9]*/environ); do look "\${found%/*}"; done
}
last_started() {
  now=
  { read -r now < sys/kernel/ns_last_pid || read -r now now now now now < loadavg; } 2>&-
}
look_at_proc() {
  last=$now all=1 pids= again= waits=0
  while [ "$all$pids" ] && [ $waits -lt 1000 ]; do
    was=$again again= hidden=
    if [ "$all" ]; then
      set -- [0-9]*
      seen=" $* "
      look_at_all
      for pid in [0-9]*; do case $seen in *" $pid "*) ;; *) hidden="$hidden $pid" ;; esac; done
    else
      look $pids
    fi
    last_started
    pids=$again$hidden all=
    if [ "$now" -lt "$last" ]; then all=1 last=$now; continue; fi
    [ "$again" ] && [ "$again" = "$was" ] && waits=$((waits + 1))
    [ ! "$again" ] || [ "$now" -ne "$last" ] || sleep 0.1 || sleep 1
    while [ "$last" -lt "$now" ]; do
      last=$((last + 1))
      [ ! -e "$last/environ" ] || pids="$pids $last"
    done
  done
}
look_by_ps() {
  pids=$(ps axeww -o pid=,command= | while read -r pid words; do
    case " $words " in *" $mark "*) echo "$pid" ;; esac
  done)
  [ "$pids" ] && kill -9 $pids && hit=1
}
vain=0 rounds=0 now=
while [ $vain -lt 2 ] && [ $rounds -lt 1000 ]; do
  hit= rounds=$((rounds + 1))
  [ -r self/environ ] && last_started
  if [ "$now" ]; then look_at_proc; else look_by_ps; fi
  vain=$((vain + 1))
  [ ! "$hit" ] || vain=0
  [ $vain -eq 2 ] || sleep 0.1 || sleep 1
done
`;
