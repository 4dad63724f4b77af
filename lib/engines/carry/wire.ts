/**
 * The messages between an engine and its slots, and the check on each that comes back.
 *
 * @module
 */

import type { ErrorRecord, FunctionRef } from "../../job.ts";
import type { Answer, Ask, Release, Settle } from "../../sync/home.ts";
import { isErrorRecord } from "../../errors/error_record.ts";
import type { Divisions } from "./divided.ts";
import type { Jobs, JobsTold } from "../consecutive_jobs.ts";
import { define, descriptorOf, Float64ArrayOf, keysOf } from "../../primordials.ts";

/** The first message to a slot: what it will do. */
export interface Setup {
  readonly kind: "setup";
  readonly task: string;
  readonly runId: string;
  readonly slot: number;
  /** The function; with an empty path its module, of which each chunk names a function. */
  readonly run: FunctionRef;
  readonly init?: FunctionRef;
  /** Whether an array input is spread over the parameters, where a chunk does not say. */
  readonly spread: boolean;
  /** Whether to tell, with jobs that have ended, how much memory the slot takes. */
  readonly tellsMemory: boolean;
}

/** Asks a slot what a module exports, and nothing else. */
export interface Describe {
  readonly kind: "describe";
  readonly module: string;
}

export interface Chunk extends Omit<Jobs, "inputs"> {
  readonly kind: "jobs";
  /** A `Float64Array` may stand for a list of numbers. */
  readonly inputs: ArrayLike<unknown>;
  /** Whether tokens of what is shared are in the inputs. */
  readonly hasShared?: boolean;
}

/** Asks a job to end. */
export interface Abort {
  readonly kind: "abort";
  readonly index: number;
  /** Whether no other job is to start here. */
  readonly isLast: boolean;
  /** The reason of its signal: name and message of a `DOMException`. */
  readonly reason: { readonly name: string; readonly message: string };
}

/** The first message to a process that runs one function once. */
export interface Target {
  readonly kind: "target";
  readonly name: string;
  readonly run: FunctionRef;
  readonly args: readonly unknown[];
  /** Whether tokens of what is shared are in the arguments. */
  readonly hasShared?: boolean;
}

export type ToSlot =
  | Setup
  | Describe
  | Chunk
  /** Nobody waits for what is left of the chunk with this first job, which has so many; answered with `gave-up`. */
  | { readonly kind: "give-up"; readonly first: number; readonly count: number }
  | Abort
  /** Asks a Worker to end itself. */
  | { readonly kind: "stop" }
  /** Some of the jobs that were sent before this were recalled, by the flags; answered with `recalled`. */
  | { readonly kind: "recall" }
  /** Asks a process to tell apart what others write to its streams. */
  | { readonly kind: "divide" }
  | Answer;

/** Jobs that have ended, the next ones of the chunk in their order. */
export interface Ended extends JobsTold {
  readonly kind: "ended";
  /** What the slot took of memory then, if it was asked to tell. */
  readonly memoryBytes?: number;
  /** Whether tokens of what is shared are in the values. */
  readonly hasShared?: boolean;
  /** How often a process had divided its streams then, if others may write there. */
  readonly divided?: Divisions;
}

/** From how many numbers on a `Float64Array` of them is cheaper to send than they are in a list. */
const MANY = 64;

/** The message with its inputs packed, if they are many numbers. */
export function packed(message: ToSlot): ToSlot {
  if (message.kind !== "jobs") return message;
  const inputs = numbersIn(message.inputs);
  // Numbers hold nothing that is shared: that may be asked now.
  return inputs === message.inputs ? message : { ...message, inputs };
}

/** A message with these properties instead of its own. Others stay what they are: one may be known only as it is sent. */
export function instead<M extends object, C extends object>(message: M, changed: C): M & C {
  const copy = {};
  const names = keysOf(message);
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const changedTo = descriptorOf(changed, name);
    define(copy, name, (changedTo ?? descriptorOf(message, name)) as PropertyDescriptor);
  }
  return copy as M & C;
}

/**
 * Whether a message goes as it is. If not, one of its values is an object: that may be shared, be moved, or be more
 * than plain data.
 */
export function isPlain(message: ToSlot | FromSlot): boolean {
  if (message.kind === "ended") return areFlat(message.values);
  if (message.kind === "jobs") return areFlat(message.inputs);
  return message.kind !== "ask" && message.kind !== "answer";
}

/** Whether none of the values is an object, as most are not; no function can have changed what this takes. */
export function areFlat(values: ArrayLike<unknown>): boolean {
  if (values instanceof Float64ArrayOf) return true;
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] === "object" && values[i] !== null) return false;
  }
  return true;
}

/** The values as a `Float64Array` if they are many numbers, and nothing but numbers. */
export function numbersIn(values: ArrayLike<unknown>): ArrayLike<unknown> {
  if (values.length < MANY) return values;
  for (let i = 0; i < values.length; i++) if (typeof values[i] !== "number") return values;
  return floatsOf(values);
}

/** Numbers in a list of their own; no function can have changed what this takes. */
export function floatsOf(numbers: ArrayLike<unknown>): Float64Array<ArrayBuffer> {
  const floats = new Float64ArrayOf(numbers.length);
  for (let i = 0; i < numbers.length; i++) floats[i] = numbers[i] as number;
  return floats;
}

/** How long the jobs of a message have taken together, in ms. */
export function sumOfDurations(times: Float64Array): number {
  let sum = 0;
  for (let i = 1; i < times.length; i += 2) sum += times[i] as number;
  return sum;
}

/** With what exit code a slot ends that has failed in what is not the functions'. */
export const BROKEN_CODE = 214;

/** What such an end says by itself, if nothing else has said it before. */
export const BROKEN: FromSlot = {
  kind: "broken",
  error: { name: "Error", message: "a function has changed what it needs itself" },
};

/** The index that stands for no job. */
export const NO_JOB = -1;

export interface OutputMessage {
  readonly kind: "output";
  /** Index of the job; `NO_JOB` outside any. */
  readonly index: number;
  readonly stream: "stdout" | "stderr";
  readonly bytes: Uint8Array;
}

export interface Unfit {
  readonly kind: "unfit";
  readonly error: ErrorRecord;
  /** The URL of the module that was imported just then, or that `init` ran; neither if absent. */
  readonly at?: string;
}

export type FromSlot =
  | { readonly kind: "ready" }
  | Unfit
  /** The module is loaded, and it is the turn of `init`. */
  | { readonly kind: "imported" }
  | { readonly kind: "exports"; readonly types: readonly (readonly [string, string])[] }
  | Ended
  | OutputMessage
  | { readonly kind: "stray"; readonly error: ErrorRecord }
  /** A job has looked at its signal. */
  | { readonly kind: "listens"; readonly index: number }
  | Ask
  | Settle
  | Release
  /** No further job of this chunk will start, and those that have ended were told. */
  | { readonly kind: "gave-up"; readonly first: number }
  /** Answers a recall: what was recalled has been passed over. */
  | { readonly kind: "recalled" }
  /** The slot has failed in what is not the functions'; it is of no more use. */
  | { readonly kind: "broken"; readonly error: ErrorRecord }
  /** The heap limit was reached; the slot is of no more use. */
  | { readonly kind: "out-of-memory" };

/** The latest time that there is, in ms since the epoch; no job takes longer either. */
const LAST_MS = 8.64e15;

/** What a message may have, of any type. */
type Loose = Readonly<Record<string, unknown>>;

const REQUIRED: Readonly<Record<FromSlot["kind"], (message: Loose) => boolean>> = {
  ready: () => true,
  unfit: (message) =>
    isErrorRecord(message.error) && (message.at === undefined || typeof message.at === "string"),
  imported: () => true,
  exports: (message) => Array.isArray(message.types) && all(message.types, isNameWithType),
  ended: (message) =>
    isIndex(message.first) && (Array.isArray(message.values) || isPacked(message.values)) &&
    areFailures(message.failures, message.values.length) &&
    isPacked(message.times) && [2, message.values.length * 2].includes(message.times.length) &&
    areTimes(message.times) && (message.memoryBytes === undefined || isSize(message.memoryBytes)) &&
    isFlag(message.hasShared) && (message.divided === undefined || areCounts(message.divided)),
  output: (message) =>
    (isIndex(message.index) || message.index === NO_JOB) &&
    (message.stream === "stdout" || message.stream === "stderr") && isBytes(message.bytes),
  stray: (message) => isErrorRecord(message.error),
  listens: (message) => isIndex(message.index),
  ask: (message) =>
    isIndex(message.id) && isIndex(message.index) &&
    typeof message.ref === "string" && typeof message.op === "string" && isFlag(message.hasShared),
  settle: (message) =>
    isIndex(message.id) && ["kept", "back", "lost"].some((how) => how === message.how),
  release: (message) => typeof message.ref === "string" && isIndex(message.count),
  "gave-up": (message) => isIndex(message.first),
  recalled: () => true,
  broken: (message) => isErrorRecord(message.error),
  "out-of-memory": () => true,
};

/**
 * The message of a slot; nothing if it is none of ours, for a function may get hold of the way to send one. What a job
 * has returned may be anything, and so may the values of what is asked and the fields of errors.
 */
export function fromSlot(message: unknown): FromSlot | undefined {
  if (typeof message !== "object" || message === null || !("kind" in message)) return undefined;
  const kind = message.kind as FromSlot["kind"];
  if (typeof kind !== "string" || !Object.hasOwn(REQUIRED, kind)) return undefined;
  return REQUIRED[kind](message as Loose) ? message as FromSlot : undefined;
}

/** Shared memory could still change, its length too. */
function isPacked(values: unknown): values is Float64Array<ArrayBuffer> {
  return values instanceof Float64Array && values.buffer instanceof ArrayBuffer;
}

function isBytes(value: unknown): value is Uint8Array<ArrayBuffer> {
  return value instanceof Uint8Array && value.buffer instanceof ArrayBuffer;
}

/** Each with the place of its job, in their order. */
function areFailures(value: unknown, jobs: number): boolean {
  if (!Array.isArray(value) || value.length > jobs) return false;
  let last = -1;
  return all(value, (failure) => {
    const [at, error] = Array.isArray(failure) ? failure : [];
    const isNext = isIndex(at) && at > last && at < jobs;
    last = Number(at);
    return isNext && isErrorRecord(error);
  });
}

function areTimes(times: Float64Array): boolean {
  for (let i = 0; i < times.length; i++) {
    const time = times[i] as number;
    if (!(time >= 0 && time <= LAST_MS)) return false;
  }
  return true;
}

function isNameWithType(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 &&
    value.every((word) => typeof word === "string");
}

/** Other than `every` it passes over no hole. */
function all(values: readonly unknown[], isRight: (value: unknown) => boolean): boolean {
  for (const value of values) if (!isRight(value)) return false;
  return true;
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function areCounts(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && all(value, isIndex);
}

function isSize(value: unknown): boolean {
  return typeof value === "number" && value >= 0;
}

function isFlag(value: unknown): boolean {
  return value === undefined || typeof value === "boolean";
}
