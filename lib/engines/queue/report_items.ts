/**
 * What a host reports, checked before it is used: it may be of another version, or made by hand.
 *
 * @module
 */

import { read } from "../../clones/clone_bytes.ts";
import { isErrorRecord } from "../../errors/error_record.ts";
import { type Item, LONGEST_TOLD, type SentEnding } from "./messages.ts";

/** A host has reported what no host reports. */
export class Misreport extends Error {
  override readonly name = "Misreport";
}

/** The items of a report. @throws {Misreport} If they are none. */
export function itemsOf(bytes: Uint8Array): readonly Item[] {
  let value: unknown;
  try {
    value = read(bytes);
  } catch {
    throw new Misreport("its items are no clone");
  }
  // Each item takes bytes; a list can be longer than what is in it.
  if (!Array.isArray(value) || value.length > bytes.length) {
    throw new Misreport("its items are no list");
  }
  return value.map(checked);
}

/** How many jobs have ended by these items; 0 where that cannot be known. */
export function jobsIn(bytes: Uint8Array): number {
  try {
    return itemsOf(bytes).reduce((sum, item) => {
      if (item.kind === "done") return sum + item.values.length;
      return sum + Number(item.kind === "ended");
    }, 0);
  } catch {
    return 0;
  }
}

function checked(item: unknown): Item {
  if (!isRecord(item)) throw new Misreport("an item is no record");
  const kind = String(item.kind);
  if (!isKind(kind)) throw new Misreport("an item is of no known kind");
  const wanted = CHECKS[kind];
  for (const [key, isRight] of Object.entries(wanted)) {
    if (!isRight(item[key], item)) throw new Misreport(`"${key}" of an item "${kind}" is wrong`);
  }
  return item as Item;
}

function isKind(kind: string): kind is Item["kind"] {
  return Object.hasOwn(CHECKS, kind);
}

/** Longer than anything has taken, in ms: sums of such are numbers still, and what was so long ago is a date. */
const LONGEST_MS = 1e12;

type Check = (value: unknown, item: Readonly<Record<string, unknown>>) => boolean;

/** What is told to people. */
const isShort: Check = (value) => typeof value === "string" && value.length <= LONGEST_TOLD;
const isFlag: Check = (value) => typeof value === "boolean";
const isPlace: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isSlot: Check = (value) => Number.isSafeInteger(value) && (value as number) > 0;
const isDuration: Check = (value) => isTime(value) && (value as number) >= 0;
const isBytes: Check = (value) => value instanceof Uint8Array;
/** How long ago something was: clocks may go back a little. */
const isAge: Check = (value) => isTime(value);
const isError: Check = (value) => isErrorRecord(value);

function isTime(value: unknown): boolean {
  return Number.isFinite(value) && Math.abs(value as number) <= LONGEST_MS;
}

function optional(check: Check): Check {
  return (value, item) => value === undefined || check(value, item);
}

/** What each key has to be, for each kind of item. */
const CHECKS: Readonly<Record<Item["kind"], Readonly<Record<string, Check>>>> = {
  done: {
    at: isPlace,
    values: (values) =>
      (Array.isArray(values) || values instanceof Float64Array) && values.length > 0,
    times: (times, { values }) => {
      if (!(times instanceof Float64Array) || !times.every(isTime)) return false;
      return times.length === 2 || times.length === 2 * (values as ArrayLike<unknown>).length;
    },
    slot: isSlot,
    pid: optional(isPlace),
  },
  ended: { at: isPlace, ending: (ending) => isEnding(ending) },
  output: {
    at: isPlace,
    stream: (stream) => stream === "stdout" || stream === "stderr",
    bytes: isBytes,
  },
  again: { at: isPlace },
  printed: { slot: isSlot, bytes: isBytes },
  strayed: { slot: isSlot, error: isError },
  refused: { reason: isShort, isForGood: isFlag },
  fault: { message: isShort, hint: optional(isShort) },
};

const ENDINGS = ["failed", "timed-out", "died", "cancelled"];

const ENDING_CHECKS: Readonly<Record<string, Check>> = {
  agoMs: optional(isAge),
  durationMs: optional(isDuration),
  slot: optional(isSlot),
  pid: optional(isPlace),
};

function isEnding(value: unknown): value is SentEnding {
  if (!isRecord(value)) return false;
  for (const [key, isRight] of Object.entries(ENDING_CHECKS)) {
    if (!isRight(value[key], value)) return false;
  }
  // Only what was cancelled need not have started.
  const hasTrace = value.agoMs !== undefined && value.durationMs !== undefined &&
    value.slot !== undefined;
  if (!hasTrace && value.kind !== "cancelled") return false;
  if (value.kind === "done") return true;
  return ENDINGS.includes(String(value.kind)) && isErrorRecord(value.error);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
