/**
 * The values of a task on their way to other tasks, which have them as inputs.
 *
 * @module
 */

import { read, toCloneBytes } from "../clones/clone_bytes.ts";
import { whyUncloneable } from "../clones/uncloneable.ts";
import { Spill, Spool, type SpoolStore } from "../engines/spools/spool.ts";
import { Fault, messageOf } from "../fault.ts";
import { inBlocks } from "../streams/blocks.ts";
import { joined } from "../streams/joined.ts";
import type { RunEvent, RunObserver } from "../events.ts";
import { JobMap } from "../job_map.ts";
import type { Outcome, Task } from "../job.ts";
import { valueOf } from "../output/command_value.ts";
import { passersOn } from "../run/plan.ts";
import type { ValueSink } from "../run/run.ts";

/** How many values are in a block at most, and how many bytes it is to have if they are large. */
const MOST_VALUES = 1000;
const BLOCK_BYTES = 64 * 1024;

/** Bytes in front of each block that say how long it is. */
const HEAD_BYTES = 8;

/**
 * Values that are put in at one end, and come out at the others: each reader gets all of them, from the first, however
 * far behind it is. They wait in a file without a name, as structured clones.
 */
export class ValueLog implements Disposable {
  readonly #task: string;
  readonly #spill = new Spill();
  #length = 0;
  #hasEnded = false;
  #perBlock = 16;
  #readersWake = Promise.withResolvers<void>();

  constructor(task: string) {
    this.#task = task;
  }

  /** @throws {Fault} If they cannot be cloned, or the folder for temporary files is full. */
  put(values: readonly unknown[]): void {
    for (let at = 0; at < values.length;) {
      const block = values.slice(at, at + this.#perBlock);
      const length = this.#append(block);
      at += block.length;
      const fitting = Math.floor(BLOCK_BYTES / (length / block.length));
      this.#perBlock = Math.min(MOST_VALUES, Math.max(1, fitting));
    }
    if (values.length > 0) this.#wakeReaders();
  }

  /** There are no more. */
  end(): void {
    this.#hasEnded = true;
    this.#wakeReaders();
  }

  /** All values, as they come; each iteration starts at the first. */
  values(): AsyncIterable<unknown> {
    return inBlocks(() => {
      const stopped = Promise.withResolvers<void>();
      let at = 0;
      let isOver = false;
      return {
        read: async () => {
          while (!isOver) {
            const block = this.#blockFrom(at);
            if (block === undefined) break;
            if ("values" in block) {
              at = block.end;
              return block.values;
            }
            await Promise.race([block, stopped.promise]);
          }
          return undefined;
        },
        stop: () => {
          isOver = true;
          stopped.resolve();
          return stopped.promise;
        },
      };
    });
  }

  [Symbol.dispose](): void {
    this.#spill[Symbol.dispose]();
  }

  /** The values that lie at a place; what to wait for if there are none yet, nothing if none will come. */
  #blockFrom(from: number): Block | Promise<void> | undefined {
    if (from >= this.#length) return this.#hasEnded ? undefined : this.#readersWake.promise;
    const head = joined([...this.#spill.read({ offset: from, length: HEAD_BYTES })]);
    const length = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0));
    const bytes = joined([...this.#spill.read({ offset: from + HEAD_BYTES, length })]);
    return { values: read(bytes) as readonly unknown[], end: from + HEAD_BYTES + length };
  }

  /** Writes a block, and gives its length in bytes. */
  #append(block: readonly unknown[]): number {
    const bytes = this.#cloned(block);
    const head = new Uint8Array(HEAD_BYTES);
    new DataView(head.buffer).setBigUint64(0, BigInt(bytes.length));
    try {
      this.#spill.append(joined([head, bytes]));
    } catch (cause) {
      const what = `Cannot hold values of task "${this.#task}" in a temporary file`;
      const hint = "make room, or name another folder in TMPDIR";
      throw new Fault("engine", `${what}: ${messageOf(cause)}`, { cause, hint });
    }
    this.#length += HEAD_BYTES + bytes.length;
    return bytes.length;
  }

  #cloned(block: readonly unknown[]): Uint8Array {
    try {
      return toCloneBytes(block);
    } catch (cause) {
      const what = `Cannot pass the values of task "${this.#task}" on`;
      const value = block.find((value) => !leaves(value));
      throw new Fault("tasks", `${what}: ${whyUncloneable(value, "value", cause)}`, { cause });
    }
  }

  #wakeReaders(): void {
    this.#readersWake.resolve();
    this.#readersWake = Promise.withResolvers();
  }
}

/** Whether a value can be held where it is of no process. */
function leaves(value: unknown): boolean {
  try {
    toCloneBytes(value);
    return true;
  } catch {
    return false;
  }
}

interface Block {
  readonly values: readonly unknown[];
  /** Where the next one begins. */
  readonly end: number;
}

/** The value logs of a run: one for each task whose values are inputs of another. */
export class ValueLogs implements RunObserver, Disposable {
  readonly #logs: ReadonlyMap<string, ValueLog>;
  readonly #commands: ReadonlySet<string>;
  readonly #store: SpoolStore;
  /** What running commands have written to stdout: their own output is for who prints it. */
  readonly #copies = new JobMap<Spool>();

  constructor(tasks: readonly Task[], store: SpoolStore) {
    const names = passersOn(tasks);
    this.#store = store;
    this.#logs = new Map(names.map((name) => [name, new ValueLog(name)]));
    const isCommand = ({ name, action }: Task) =>
      names.includes(name) && action.kind !== "function";
    this.#commands = new Set(tasks.filter(isCommand).map(({ name }) => name));
  }

  get isEmpty(): boolean {
    return this.#logs.size === 0;
  }

  onEvent(event: RunEvent): void {
    if (this.#commands.size === 0) return;
    if (event.kind === "job-started" && this.#commands.has(event.task)) {
      const copy = new Spool(this.#store);
      this.#copies.take(event)?.drop();
      this.#copies.set(event, copy);
      event.output.tap((stream, bytes) => {
        if (stream === "stdout") copy.write(stream, bytes);
      });
    }
    if (event.kind === "job-ended" && event.outcome.kind !== "done") {
      this.#copies.take(event.outcome)?.drop();
    }
  }

  /** Where the values of a task are put; nothing if no task has them as inputs. */
  of(task: Task): ValueSink | undefined {
    const log = this.#logs.get(task.name);
    return log && {
      put: async (outcomes) => log.put(await this.#valuesOf(task, outcomes)),
      end: () => log.end(),
    };
  }

  valuesOf(name: string): AsyncIterable<unknown> {
    return (this.#logs.get(name) as ValueLog).values();
  }

  [Symbol.dispose](): void {
    for (const log of this.#logs.values()) log[Symbol.dispose]();
  }

  async #valuesOf(task: Task, outcomes: readonly Outcome[]): Promise<unknown[]> {
    const values: unknown[] = [];
    for (const outcome of outcomes) {
      if (outcome.kind !== "done") continue;
      const isThere = task.action.kind === "function" || outcome.value !== undefined;
      values.push(isThere ? outcome.value : await this.#stdoutOf(task, outcome));
      if (task.action.kind !== "function") this.#copies.take(outcome)?.drop();
    }
    return values;
  }

  async #stdoutOf(task: Task, outcome: Outcome): Promise<unknown> {
    const copy = this.#copies.take(outcome);
    copy?.end();
    // What was kept can be read as often as one likes.
    return await valueOf(task, copy ? { ...outcome, output: copy } as Outcome : outcome);
  }
}
