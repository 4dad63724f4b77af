/**
 * The far side of a Worker slot.
 *
 * @module
 */

import { getHeapStatistics } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import { SharedFlags } from "../carry/shared_flags.ts";
import { FarSide } from "./far_side.ts";
import { ownSurroundings } from "./own_surroundings.ts";
import { type PostMessage, send, type WorkerSetting } from "../carry/payload.ts";
import { define } from "../../primordials.ts";
import type { ToSlot } from "../carry/wire.ts";

/** The Web Locks, which the types of Deno leave out. */
interface Locks {
  request(name: string, hold: () => Promise<never>): Promise<never>;
}

if (!parentPort) throw new Error("This module is the entry of a Worker");
const port = parentPort;
const { memory: own, movesAll } = workerData as WorkerSetting;
const flags = new SharedFlags(own);
const postMessage = port.postMessage.bind(port);
const NOTHING = iterable([]);
const post: PostMessage = (message, moved) =>
  postMessage(message, moved ? iterable(moved) : NOTHING);
const exit = process.exit.bind(process);

/** What is its own; SharedArrayBuffers and WebAssembly are nobody's, and resident memory is everybody's. */
const memory = () => {
  const { total_heap_size, external_memory } = getHeapStatistics();
  return total_heap_size + external_memory;
};

const environment = ownSurroundings();
shieldMessages();
const farSide = new FarSide({
  post,
  send: (message) => send(message, movesAll, post),
  fail: () => flags.fail(),
  begin: (chunk) => flags.begin(chunk),
  end: (chunk) => flags.end(chunk),
  mayStart: (number) => flags.mayStart(number),
  mark: (index, startedAt) => flags.mark(index, startedAt),
  flushPolicy: flags,
  memory,
  exit,
});
// What `on` passes on has been searched for ports, element by element: that takes longer than to clone it.
let isSetUp = false;
port.addEventListener("message", (event) => {
  const coming = event as MessageEvent<ToSlot>;
  // What functions start here is known as what commands and processes start is.
  if (!isSetUp && coming.data.kind === "setup") environment.add("FANFOLD_RUN", coming.data.runId);
  isSetUp = true;
  farSide.receive(coming);
});

const refuse = () => {
  throw new Error("The channel of a slot is not for its functions");
};
port.postMessage = refuse;
Object.assign(globalThis, { postMessage: refuse, close: refuse });

// As long as a Worker holds a lock, terminate() stops it even in an endless loop.
const { locks } = navigator as unknown as { locks: Locks };
locks.request(`fanfold-slot-${crypto.randomUUID()}`, () => new Promise(() => {}));

/**
 * Has messages come though a function changes how events are made: Deno's constructor sets these fields, which a setter
 * on a prototype would keep from an event.
 */
function shieldMessages(): void {
  for (const field of ["data", "ports", "origin", "lastEventId"]) {
    const own = Symbol(field);
    define(MessageEvent.prototype, field, {
      get(this: Record<symbol, unknown>) {
        return this[own];
      },
      set(this: Record<symbol, unknown>, value: unknown) {
        this[own] = value;
      },
      enumerable: true,
      configurable: false,
    });
  }
}

/** The elements of a list in one that is iterated over in a way that no function can have changed. */
function iterable<T>(elements: readonly T[]): T[] {
  const list: T[] = [];
  for (let i = 0; i < elements.length; i++) list[i] = elements[i] as T;
  const iterate = () => {
    let at = 0;
    return {
      next: () => at < list.length ? { done: false, value: list[at++] } : { done: true, value: at },
    };
  };
  return define(list, Symbol.iterator, { value: iterate });
}
