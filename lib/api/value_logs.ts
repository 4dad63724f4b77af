/**
 * The values that tasks of a run pass on to other tasks of it.
 *
 * @module
 */

import { Spool, type SpoolStore } from "../engines/spools/spool.ts";
import type { RunEvent } from "../events.ts";
import type { Outcome, Task } from "../job.ts";
import { valueOf } from "../output/command_value.ts";
import { passersOn } from "../run/plan.ts";
import { Relay } from "./value_log.ts";
import type { ValueRelay } from "../run/run.ts";

/** The relays of a run: one for each task whose values are inputs of another. */
export class Relays implements Disposable {
  readonly #relays: ReadonlyMap<string, Relay>;
  readonly #commands: ReadonlySet<string>;
  readonly #store: SpoolStore;
  /** What running commands have written to stdout: their own output is for who prints it. */
  readonly #copies = new Map<string, Spool>();

  /** @param tasks All that are run. */
  constructor(tasks: readonly Task[], store: SpoolStore) {
    const names = passersOn(tasks);
    this.#store = store;
    this.#relays = new Map(names.map((name) => [name, new Relay(name)]));
    const isCommand = ({ name, action }: Task) =>
      names.includes(name) && action.kind !== "function";
    this.#commands = new Set(tasks.filter(isCommand).map(({ name }) => name));
  }

  /** Whether no task passes anything on. */
  get isEmpty(): boolean {
    return this.#relays.size === 0;
  }

  /** Hears of everything. */
  onEvent(event: RunEvent): void {
    if (this.#commands.size === 0) return;
    if (event.kind === "job-started" && this.#commands.has(event.task)) {
      const copy = new Spool(this.#store);
      this.#takeCopy(event.task, event.index)?.drop();
      this.#copies.set(keyOf(event.task, event.index), copy);
      event.output.tap((stream, bytes) => {
        if (stream === "stdout") copy.write(stream, bytes);
      });
    }
    if (event.kind === "job-ended" && event.outcome.kind !== "done") {
      this.#takeCopy(event.outcome.task, event.outcome.index)?.drop();
    }
  }

  /** Where the values of a task are put; nothing if no task has them as inputs. */
  of(task: Task): ValueRelay | undefined {
    const relay = this.#relays.get(task.name);
    return relay && {
      put: async (outcomes) => relay.put(await this.#valuesOf(task, outcomes)),
      end: () => relay.end(),
    };
  }

  /** The values of a task, as they come. */
  valuesOf(name: string): AsyncIterable<unknown> {
    return (this.#relays.get(name) as Relay).values();
  }

  [Symbol.dispose](): void {
    for (const relay of this.#relays.values()) relay[Symbol.dispose]();
  }

  async #valuesOf(task: Task, outcomes: readonly Outcome[]): Promise<unknown[]> {
    const values: unknown[] = [];
    for (const outcome of outcomes) {
      if (outcome.kind !== "done") continue;
      const isThere = task.action.kind === "function" || outcome.value !== undefined;
      values.push(isThere ? outcome.value : await this.#stdoutOf(task, outcome));
      if (task.action.kind !== "function") this.#takeCopy(outcome.task, outcome.index)?.drop();
    }
    return values;
  }

  async #stdoutOf(task: Task, outcome: Outcome): Promise<unknown> {
    const copy = this.#takeCopy(outcome.task, outcome.index);
    copy?.end();
    // What was kept can be read as often as one likes.
    return await valueOf(task, copy ? { ...outcome, output: copy } as Outcome : outcome);
  }

  #takeCopy(task: string, index: number): Spool | undefined {
    const copy = this.#copies.get(keyOf(task, index));
    this.#copies.delete(keyOf(task, index));
    return copy;
  }
}

function keyOf(task: string, index: number): string {
  return `${index} ${task}`;
}
