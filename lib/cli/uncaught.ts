/**
 * What nobody expected to be thrown, in words: code of the user, a permission that is missing, or a mistake of ours.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { toErrorRecord } from "../errors/error_record.ts";
import { EXIT_FAULT, Fault, isError, type Position } from "../fault.ts";
import { harmless, type Notice } from "../text/shown.ts";
import { reason } from "../errors/reason.ts";
import { faultNotices } from "./fault_text.ts";
import { Stray } from "./strays.ts";

/** Exit code for a mistake of ours: EX_SOFTWARE of sysexits.h. */
export const EXIT_SOFTWARE = 70;

export interface Ending {
  readonly notices: readonly Notice[];
  readonly code: number;
}

const OWN = ["lib/", "main.ts"].map((path) => new URL(`../../${path}`, import.meta.url).href);

const FRAME = /^ +at .*?((?:file|https?|data|blob|jsr|npm):.*?):(\d+):(\d+)\)?$/;

/** Modules of packages stand between the code that calls them and the runtime. */
const PACKAGE = /\/(?:node_modules|npm)\//;

/** What ends the program, be it thrown where we wait for it or a {@link Stray}. */
export function endingOf(thrown: unknown): Ending {
  const what = thrown instanceof Stray ? thrown.thrown : thrown;
  // A proxy can throw whatever is asked of it.
  const { notices, code } = attempt(() => what instanceof Fault, false)
    ? faultEnding(what as Fault)
    : isOurs(thrown)
    ? ownMistake(what)
    : ofUser(what, thrown instanceof Stray ? thrown : undefined);
  const trace = traceOf(what);
  const traced = ({ text, below = [] }: Notice) => ({ text, below: [...below, ...trace] });
  return {
    notices: notices.map((notice, i) => i === notices.length - 1 ? traced(notice) : notice),
    code,
  };
}

function faultEnding(fault: Fault): Ending {
  return { notices: faultNotices(fault), code: EXIT_FAULT[fault.kind] };
}

/** Whether something is our own mistake: code of the user can throw anything. */
export function isOurs(thrown: unknown): boolean {
  const isStray = thrown instanceof Stray;
  const place = placeIn(isStray ? thrown.thrown : thrown);
  // We wait for what we call, and throw nothing but errors.
  return place ? isOwn(place) : !isStray && isError(thrown);
}

function ownMistake(error: unknown): Ending {
  if (error instanceof Deno.errors.NotCapable) {
    return faultEnding(new Fault("usage", `Cannot go on: ${error.message}`));
  }
  const place = placeIn(error);
  const { os, arch } = Deno.build;
  const versions = `fanfold ${config.version}, Deno ${Deno.version.deno}, ${os} ${arch}`;
  const text = `Cannot go on, by a mistake of fanfold itself: ${reason(toErrorRecord(error))}`;
  const below = [
    `at ${place ? shownOwn(place) : "an unknown place"} (${versions})`,
    "hint: please report it, with these lines and the command line; FANFOLD_TRACE=1 tells more",
  ];
  return { notices: [{ text, below }], code: EXIT_SOFTWARE };
}

function ofUser(thrown: unknown, stray?: Stray): Ending {
  const place = placeIn(thrown);
  const seen: Position | undefined = place ?? stray?.at;
  const at = seen && { ...seen, file: attempt(() => fileURLToPath(seen.file), seen.file) };
  const what = !stray
    ? "code that is not fanfold's threw"
    : stray.isRejection
    ? "a promise that nobody awaits was rejected"
    : "a timer or a listener threw";
  const message = `Cannot go on: ${what}: ${reason(toErrorRecord(thrown))}`;
  const hint = !stray
    ? undefined
    : stray.isRejection
    ? "await it where it is made, or catch what it throws"
    : "catch it there: nobody else can";
  return faultEnding(new Fault("tasks", message, { at, hint }));
}

type Place = Required<Omit<Position, "text">>;

/** Where something was thrown: the topmost place in a module, before all in one that is in no package. */
function placeIn(thrown: unknown): Place | undefined {
  const { stack = "" } = toErrorRecord(thrown);
  const places = stack.split("\n").flatMap((line): Place[] => {
    const [, file, row, column] = FRAME.exec(line) ?? [];
    return file ? [{ file, line: Number(row), column: Number(column) }] : [];
  });
  return places.find(({ file }) => !PACKAGE.test(file)) ?? places[0];
}

function isOwn({ file }: Place): boolean {
  return OWN.some((url) => file.startsWith(url));
}

function shownOwn({ file, line, column }: Place): string {
  const root = new URL("../../", import.meta.url).href;
  return `${file.startsWith(root) ? file.slice(root.length) : file}:${line}:${column}`;
}

/** All that is known of it in lines, for who wants that. */
function traceOf(thrown: unknown): readonly string[] {
  if (["", "0"].includes(attempt(() => Deno.env.get("FANFOLD_TRACE"), "") ?? "")) return [];
  const shown = attempt(
    () => Deno.inspect(thrown, { depth: 4, colors: false }),
    "it cannot be shown",
  );
  return harmless(shown).split("\n");
}

/** What something gives, or else something other if it throws. */
function attempt<T>(act: () => T, other: T): T {
  try {
    return act();
  } catch {
    return other;
  }
}
