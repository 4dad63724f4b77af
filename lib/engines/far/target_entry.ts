/**
 * The far side of a process that runs one function once.
 *
 * @module
 */

import { writeSync } from "node:fs";
import { toErrorRecord } from "../../errors/error_record.ts";
import { isError } from "../../fault.ts";
import { addressOf, type AnyFunction } from "../../modules/function_ref.ts";
import type { FunctionRef } from "../../job.ts";
import { didYouMean } from "../../text/nearest.ts";
import { near, placeText, reason } from "../../errors/reason.ts";
import { sendNoting } from "../../sync/token.ts";
import { FarShared } from "./far_shared.ts";
import { openChannel } from "./process_channel.ts";
import type { Target, ToSlot } from "../carry/wire.ts";

// As they were before a function may have put others in their place.
const exit = process.exit.bind(process);
const ErrorOf = Error;
const report = globalThis.reportError;
const turn = globalThis.setImmediate;

/** There is one job, and it lasts as long as the process. */
const JOB = { index: 0 };

const { post } = openChannel<Target | ToSlot>((message) => {
  if (message.kind === "target") perform(message);
  else if (message.kind === "answer") shared.answered(message);
});
const shared = new FarShared({
  post: (message) => {
    if (message.kind === "ask") sendNoting(message, post);
    else post(message);
  },
  current: () => JOB,
  origin: () => JOB.index,
});

async function perform({ name, run, args, hasShared }: Target): Promise<void> {
  const target = await load(name, run);
  if (hasShared) await shared.revive(args);
  try {
    await target(...args);
  } catch (thrown) {
    fail(thrown);
  }
  // What the function left rejected is told before the end.
  await new Promise<void>((goOn) => turn(goOn));
  exit();
}

async function load(name: string, run: FunctionRef): Promise<AnyFunction> {
  let exports: Record<string, unknown>;
  try {
    exports = await import(run.module);
  } catch (thrown) {
    const { importing, importPlace } = await import("../../modules/imported.ts");
    const error = toErrorRecord(thrown);
    say(`Cannot run process "${name}": ${importing(run.module)}: ${reason(error)}`);
    const place = await importPlace(error, run.module);
    if (place) say(`  at ${placeText(place)}`);
    return exit(1);
  }
  const [key = ""] = run.path;
  const value = exports[key];
  if (typeof value === "function") return value as AnyFunction;
  const functions = Object.keys(exports).filter((key) => typeof exports[key] === "function");
  const hint = didYouMean(key, functions);
  const found = key in exports ? `is ${Deno.inspect(value, { depth: 0 })}` : "is missing";
  const more = hint ? `; ${hint}` : "";
  say(`Cannot run process "${name}": ${near(addressOf(run))} ${found}, wanted a function${more}`);
  return exit(1);
}

/** Ends the process as an error does that nobody catches; Deno has no stack of an error of another realm. */
function fail(thrown: unknown): never {
  if (isError(thrown) && !(thrown instanceof ErrorOf)) {
    const error = toErrorRecord(thrown);
    say(`error: Uncaught ${reason(error)}`);
    for (const line of (error.stack ?? "").split("\n")) if (/^ +at /.test(line)) say(line);
  } else {
    report(thrown);
  }
  return exit(1);
}

function say(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // Nobody reads it.
  }
}
