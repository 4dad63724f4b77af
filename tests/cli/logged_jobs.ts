/**
 * Jobs told to what logs them, and GNU parallel to compare with.
 *
 * @module
 */

import type { RunEvent } from "../../lib/events.ts";
import type { ErrorRecord, Outcome } from "../../lib/job.ts";
import { commands, done, FakeOutput, jobStarted, notDone } from "../output/fakes.ts";
import { type Printed, program } from "../support/program.ts";

/** The task whose jobs are told. */
export const EACH = commands("each");

/** What a job does. */
export interface Ran {
  readonly stdout?: string | Uint8Array;
  readonly stderr?: string | Uint8Array;
  /** How it failed, if it did. */
  readonly error?: Partial<ErrorRecord>;
}

/** Who hears of jobs. */
export interface Listener {
  onEvent(event: RunEvent): void;
}

/** Has a job start; what it writes goes to what is returned. */
export function start(listener: Listener, index: number, input: unknown): FakeOutput {
  const output = new FakeOutput();
  listener.onEvent({ ...jobStarted(EACH, index, output), input } as RunEvent);
  return output;
}

/** Has a job end. */
export function end(
  listener: Listener,
  index: number,
  input: unknown,
  error?: Partial<ErrorRecord>,
): void {
  const outcome: Outcome = error
    ? notDone(EACH, index, error, { input })
    : done(EACH, index, undefined, { input });
  listener.onEvent({ kind: "job-ended", outcome });
}

/** Has a job do all it does; one that could not be started has no start. */
export function perform(listener: Listener, index: number, input: unknown, ran: Ran = {}): void {
  if (ran.error?.name !== "NotStarted") {
    const output = start(listener, index, input);
    for (const stream of ["stdout", "stderr"] as const) {
      const bytes = ran[stream];
      if (bytes !== undefined && bytes.length > 0) output.write(stream, bytes);
    }
    output.end();
  }
  end(listener, index, input, ran.error);
}

/** Runs GNU parallel, one job after another. */
export function parallel(args: readonly string[], cwd: string): Promise<Printed> {
  return program("parallel", ["--plain", "-j1", ...args], { cwd, env: { PARALLEL_HOME: cwd } });
}

/** Whether GNU parallel is there. */
export const HAS_PARALLEL: boolean = await parallel(["--version"], ".")
  .then(({ stdout }) => stdout.startsWith("GNU parallel"), () => false);

/** How to get GNU parallel, for the names of tests that need it. */
export const NEEDS_PARALLEL = "(needs GNU parallel: apt-get install parallel)";

/** What a folder holds: text by path, folders with a slash at the end. */
export function tree(folder: string, under = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, isDirectory } of Deno.readDirSync(`${folder}/${under}`)) {
    const path = under + name;
    if (isDirectory) Object.assign(found, { [`${path}/`]: "" }, tree(folder, `${path}/`));
    else found[path] = Deno.readTextFileSync(`${folder}/${path}`);
  }
  return found;
}

/** Commands whose output and end do not depend on the values, made of files in a folder. */
export const HARD_JOBS: readonly Ran[] = [
  { stdout: "a\n" },
  { stdout: 'a,"b"\tc\r\n', stderr: "x\\\n\n" },
  {},
  { stdout: "no-space", stderr: '"', error: { name: "Exit", fields: { code: 3 } } },
  { stdout: "before ", error: { name: "Signal", fields: { signal: "SIGKILL" } } },
  { stderr: "é€🧨\0\x01\x1b\x7f", error: { name: "Exit", fields: { code: 255 } } },
];

/** Puts the files of {@link HARD_JOBS} into a folder, and gives the text of their commands. */
export function hardCommands(write: (name: string, text: string) => void): (seq: string) => string {
  HARD_JOBS.forEach(({ stdout, stderr, error }, i) => {
    write(`out${i + 1}`, String(stdout ?? ""));
    write(`err${i + 1}`, String(stderr ?? ""));
    const code = error?.fields?.code;
    const end = error?.name === "Signal" ? "kill -KILL $$" : `exit ${code ?? 0}`;
    write(`end${i + 1}`, end);
  });
  return (seq) => `cat out${seq}; cat "err${seq}" >&2;\n. ./end${seq}`;
}
