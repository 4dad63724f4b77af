import { assert, assertEquals } from "@std/assert";
import type { Action } from "../../lib/job.ts";
import { type Expected, HOSTILE, HostileRun, ignore, JOBS } from "../support/hostile_run.ts";

/** A command, and how it ends. It may note the ids of processes in the file `pids`. */
interface HostileScript extends Expected {
  readonly script: string;
}

const LATE = { kind: "timed-out", timeoutMs: 300, because: "it took longer than 300 ms" } as const;
const STUBBORN = { ...LATE, graceMs: 100 } as const;

/** Holds ever more, which Deno ends by a signal. */
const FULL_HEAP = `'${Deno.execPath()}' eval --no-config --v8-flags=--max-old-space-size=20 \
  'const hoard = []; for (;;) hoard.push({ hoard })' 2> /dev/null`;

/** What hostile commands do. */
const SCRIPTS: Readonly<Record<string, HostileScript>> = {
  "loops for ever": { ...LATE, script: "while :; do :; done" },
  "waits for ever for a child": {
    ...LATE,
    starts: 1,
    script: "sleep 1000 & echo $! >> pids; wait",
  },
  "has a child that does not end when it is asked to": {
    ...STUBBORN,
    starts: 1,
    script: `(trap '' TERM; while :; do sleep 1; done) & echo $! >> pids; wait`,
  },
  "has a daemon that does not end when it is asked to": {
    ...STUBBORN,
    starts: 1,
    script: `setsid sh -c "trap '' HUP INT TERM; echo \\$\\$ >> pids; while :; do sleep 1; done" \
      < /dev/null > /dev/null 2>&1 & until [ -e pids ]; do sleep 0.01; done; wait`,
  },
  "stops itself": { ...STUBBORN, script: "kill -STOP $$" },
  "stops itself and a child": {
    ...STUBBORN,
    starts: 1,
    script: "sleep 1000 & echo $! >> pids; kill -STOP $! $$",
  },
  "prints without end": { ...LATE, script: "yes > /dev/null" },
  "leaves a child that holds its output": {
    kind: "done",
    because: "well\n",
    starts: 1,
    script: "sleep 1000 & echo $! >> pids; echo well",
  },
  "leaves a daemon": {
    kind: "done",
    starts: 1,
    script: "setsid sh -c 'sleep 1000 & echo $! >> pids' < /dev/null > /dev/null 2>&1",
  },
  "leaves a daemon of a daemon": {
    kind: "done",
    starts: 1,
    script: `(setsid sh -c '(setsid sh -c "sleep 1000 & echo \\$! >> pids; wait" &)' \
      < /dev/null > /dev/null 2>&1 &); until [ -e pids ]; do sleep 0.01; done`,
  },
  "leaves a daemon that is stopped": {
    kind: "done",
    starts: 1,
    script: `setsid sh -c 'echo $$ >> pids; kill -STOP $$' < /dev/null > /dev/null 2>&1 &
      until [ -e pids ]; do sleep 0.01; done`,
  },
  "leaves fifty children": {
    kind: "done",
    starts: 50,
    script: "for n in $(seq 50); do sleep 1000 & echo $! >> pids; done",
  },
  "leaves children that nobody waits for": {
    kind: "done",
    starts: 1,
    script: `sh -c 'for n in 1 2 3 4 5; do : & done; echo $$ >> pids; exec sleep 1000' \
      > /dev/null 2>&1 & until [ -e pids ]; do sleep 0.01; done`,
  },
  "fills its heap": {
    kind: "died",
    because: "the command was killed by SIG",
    script: `ulimit -c 0; exec ${FULL_HEAP}`,
  },
  "has a child that fills its heap": {
    kind: "failed",
    because: "ended with exit code 133",
    script: `ulimit -c 0; ${FULL_HEAP}; exit $?`,
  },
  "ends with an exit code": { kind: "failed", because: "ended with exit code 3", script: "exit 3" },
  "kills the watcher": {
    kind: "done",
    because: "killed\n",
    script: `for folder in /proc/[0-9]*; do
      case $(tr '\\0' ' ' < $folder/cmdline) in
        *" fanfold-watcher $FANFOLD_RUN "*) kill -9 \${folder#/proc/} && echo killed ;;
      esac
    done 2> /dev/null`,
  },
  "closes its stdout and goes on": {
    kind: "done",
    because: "before\n",
    starts: 1,
    script: "echo before; exec >&-; sleep 0.2; echo $$ >> pids",
  },
  "closes all its streams and goes on": {
    kind: "failed",
    because: "ended with exit code 4",
    starts: 1,
    script: "exec <&- >&- 2>&-; sleep 0.2; echo $$ >> pids; exit 4",
  },
  "deletes the folder it is in": {
    kind: "done",
    because: "gone\n",
    script: "mkdir mine && cd mine && rmdir ../mine && echo gone",
  },
  "leaves its session": { kind: "done", because: "left\n", script: "exec setsid echo left" },
  "has groups of its own": {
    kind: "done",
    starts: 1,
    script: "set -m; sleep 1000 > /dev/null 2>&1 & echo $! >> pids",
  },
  "makes itself unimportant": {
    kind: "done",
    because: "19\n",
    script: "renice -n 19 $$ > /dev/null; nice",
  },
};

/** The signals that a process ends itself with. */
const SIGNALS = ["SEGV", "ABRT", "BUS", "ILL", "FPE", "SYS", "TRAP", "PIPE", "HUP", "QUIT", "USR1"];

const COMMAND: Action = { kind: "command", argv: ["sh", "-c", "{}"] };
const SHELL: Action = { kind: "shell", script: 'eval "$1"' };

for (const [what, { script, ...expected }] of Object.entries(SCRIPTS)) {
  Deno.test({
    name: `run() contains a command that ${what}`,
    ignore,
    fn: async () => {
      await contains(COMMAND, script, expected);
    },
  });
}

for (const signal of SIGNALS) {
  const because = `the command was killed by SIG${signal}`;
  Deno.test({
    name: `run() contains a command that ends itself by SIG${signal}`,
    ignore,
    fn: () => contains(SHELL, `ulimit -c 0; kill -${signal} $$`, { kind: "died", because }),
  });
}

async function contains(action: Action, script: string, expected: Expected): Promise<void> {
  using hostile = new HostileRun();
  const told = Array.from({ length: JOBS }, (_, i) => `${i}\n`);
  const inputs = told.map((_, i) => i === HOSTILE ? script : `echo ${i}`);
  const { timeoutMs, graceMs } = expected;
  await hostile.perform(action, inputs, {
    slots: 2,
    cwd: hostile.folder.path,
    timeout: timeoutMs === undefined ? undefined : { ms: timeoutMs },
    graceMs,
  });
  await hostile.nothingLeft();
  hostile.assertContained(expected, told);
}

/** Ends all other processes of the run when three have noted themselves. */
const KILLER = `until [ "$(cat up | wc -l)" = 3 ]; do sleep 0.01; done 2> /dev/null
for pid in $(cat up); do kill -9 $pid; done
echo killed`;

Deno.test({
  name: "run() contains a command that kills those beside it, and does the rest",
  ignore,
  fn: async () => {
    using hostile = new HostileRun();
    const held = `echo $$ >> up; while :; do sleep 0.01; done`;
    const inputs = [held, KILLER, held, held, "echo 4", "echo 5", "echo 6", "echo 7"];
    await hostile.perform(COMMAND, inputs, { slots: 4, cwd: hostile.folder.path });
    await hostile.nothingLeft();
    assertEquals(hostile.told.toSorted(), [...inputs.keys()]);
    const victims = [0, 2, 3];
    for (const [index, ending] of hostile.endings.entries()) {
      if (!victims.includes(index)) assertEquals(ending.kind, "done");
      else assert(ending.kind === "died" && ending.error.message.endsWith("killed by SIGKILL"));
    }
    assertEquals(hostile.texts.filter((_, index) => !victims.includes(index)), [
      "killed\n",
      "4\n",
      "5\n",
      "6\n",
      "7\n",
    ]);
  },
});
