/**
 * Runs with a hostile job among harmless ones, and what is left of them.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { run, type RunEvent, type Task } from "fanfold";
import { killTree, signalTree } from "../../lib/engines/system/process_tree.ts";
import type { Action, Ending } from "../../lib/job.ts";
import { textOf } from "./engine_harness.ts";
import { SharedFolder, until } from "./shared_folder.ts";

/** Where the hostile job stands; before it and behind it are harmless ones. */
export const HOSTILE = 2;

/** How many jobs a run has. */
export const JOBS = 7;

/** The tests look into /proc, as hostile jobs do. */
export const ignore: boolean = Deno.build.os !== "linux";

/** How a hostile job ends. */
export interface Expected {
  readonly kind: Ending["kind"];
  /** Part of the message of its error; what it wrote, if it is done and that matters. */
  readonly because?: string;
  /** Limits of its task. */
  readonly timeoutMs?: number;
  readonly graceMs?: number;
  /** How many processes it notes that it has started. @default 0 */
  readonly starts?: number;
}

/** A run to its end, and what it has told. */
export class HostileRun implements Disposable {
  readonly folder: SharedFolder = new SharedFolder();
  /** The endings by index, and what the jobs wrote. */
  readonly endings: Ending[] = [];
  readonly texts: string[] = [];
  /** Indexes in the order in which their ends were told, each as often as it was. */
  readonly told: number[] = [];
  runId = "";

  /** Runs a task to its end; throws the reason for which it was stopped. */
  async perform(
    action: Action,
    inputs: readonly unknown[],
    options: Partial<Task> & { readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const { signal, ...rules } = options;
    const task: Task = {
      name: "hostile",
      action,
      source: { kind: "list", values: inputs },
      needs: [],
      isolation: "process",
      slots: 1,
      chunk: JOBS,
      ordered: true,
      env: {},
      ...rules,
    };
    for await (const outcome of run([task], { signal, onEvent: (event) => this.#hear(event) })) {
      this.endings[outcome.index] = outcome;
      this.texts[outcome.index] = await textOf(outcome.output);
    }
  }

  /** Ids of the processes that jobs have noted. */
  get pids(): number[] {
    return linesOf(`${this.folder.path}/pids`).map(Number);
  }

  /** Resolves when no process is there that the run has started. */
  async nothingLeft(): Promise<void> {
    const left = () => [
      ...signalTree([], { FANFOLD_RUN: this.runId }, "SIGCONT"),
      ...this.pids.filter(isThere),
    ];
    await until("the end of all that the run has started", () => left().length === 0);
  }

  /** Holds if each job has ended once, the hostile one as expected and all others well. */
  assertContained({ kind, because, starts = 0 }: Expected, told: readonly string[]): void {
    assertEquals(this.told.toSorted(), told.map((_, index) => index));
    const ending = this.endings[HOSTILE];
    assertEquals(ending?.kind, kind, Deno.inspect(ending));
    if (ending && "error" in ending) assertStringIncludes(ending.error.message, because ?? "");
    else if (because !== undefined) assertEquals(this.texts[HOSTILE], because);
    const kinds = this.endings.map(({ kind }) => kind);
    const all = told.map(() => "done");
    assertEquals(kinds.toSpliced(HOSTILE, 1), all.toSpliced(HOSTILE, 1));
    assertEquals(this.texts.toSpliced(HOSTILE, 1), told.toSpliced(HOSTILE, 1));
    assertEquals(this.pids.length, starts);
  }

  /** Removes the folder, and what a run has left that should have left nothing. */
  [Symbol.dispose](): void {
    if (this.runId !== "") killTree([], { FANFOLD_RUN: this.runId });
    this.folder[Symbol.dispose]();
  }

  #hear(event: RunEvent): void {
    if (event.kind === "run-started") this.runId = event.runId;
    if (event.kind === "job-ended") this.told.push(event.outcome.index);
  }
}

/** What a hostile function does: `exitsByDeno` as `exits by deno`. */
export function inWords(act: string): string {
  return act.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The lines of a file; none where there is no file. */
function linesOf(path: string): string[] {
  try {
    return Deno.readTextFileSync(path).split("\n").slice(0, -1);
  } catch {
    return [];
  }
}

/** Whether a process is there; one that has ended and waits for its parent is not. */
function isThere(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return !/^ [ZX]/.test(stat.slice(stat.lastIndexOf(")") + 1));
  } catch {
    return false;
  }
}
