import { assertEquals } from "@std/assert";
import type { ErrorRecord, Outcome } from "../../lib/job.ts";
import { type Cause, causeOf, inFull, inOneLine } from "../../lib/output/notices.ts";
import { reason } from "../../lib/errors/reason.ts";
import { told } from "../../lib/text/shown.ts";
import { done, functions, notDone } from "./fakes.ts";

const task = functions("parse");

/** The cause that a job with this error is. */
function cause(error: Partial<ErrorRecord>, more: Partial<Outcome> = {}) {
  const found = causeOf(notDone(task, 0, error, { input: undefined, ...more } as object));
  if (!found) throw new Error("It is no cause");
  return found;
}

/** A cause in full, as fanfold tells it. */
function linesOf(cause: Cause): readonly string[] {
  return told(inFull(cause));
}

Deno.test("causeOf() blames no job that is done", () => {
  assertEquals(causeOf(done(task, 0)), undefined);
});

Deno.test("inFull() shows the topmost frame in the user's code", () => {
  const shown = (...frames: string[]) =>
    linesOf(
      cause({ stack: ["Error: no", ...frames.map((frame) => `    at ${frame}`)].join("\n") }),
    );
  const told = 'fanfold: task "parse", job 1 failed: Error: no';
  const [parse, main] = ["parse (file:///tasks.ts:3:9)", "main (file:///tasks.ts:9:1)"];
  const ours = "#perform (file:///fanfold/lib/engines/far/far_side.ts:3:9)";
  assertEquals(shown(parse, main), [told, "  at parse (/tasks.ts:3:9)"]);
  assertEquals(shown("readFileSync (ext:deno_fs/30_fs.js:1:9)", "node:fs:1:1", parse), [
    told,
    "  at parse (/tasks.ts:3:9)",
  ]);
  assertEquals(shown(ours, main), [told]);
  assertEquals(shown(), [told]);
});

Deno.test("inFull() indents what follows the first line of a reason, and cuts off a very long one", () => {
  assertEquals(linesOf(cause({ message: "\none\n\r\n  two\n" })), [
    'fanfold: task "parse", job 1 failed: Error:',
    "    one",
    "      two",
  ]);
  const [line = ""] = linesOf(cause({ message: "x".repeat(10_000) }));
  assertEquals([line.length, line.at(-1)], ["fanfold: ".length + 2000, "…"]);
});

Deno.test("inOneLine() is the first line of a cause, cut off where it is long", () => {
  const told = 'task "parse", job 1 failed: Error: ';
  assertEquals(inOneLine(cause({ message: "no" })), `${told}no`);
  assertEquals(inOneLine(cause({ message: "no\nmore" })), `${told}no …`);
  assertEquals(inOneLine(cause({ message: "x".repeat(500) })).length, 400);
});

Deno.test("inOneLine() cuts a long input off between characters", () => {
  const shown = (input: string) => inOneLine(cause({}, { input }));
  const head = 'task "parse", job 1, input "';
  assertEquals(shown("a".repeat(78)), `${head}${"a".repeat(78)}" failed: Error: no`);
  assertEquals(shown("a".repeat(79)), `${head}${"a".repeat(78)}… failed: Error: no`);
  assertEquals(shown(`a${"😀".repeat(50)}`), `${head}a${"😀".repeat(38)}… failed: Error: no`);
});

Deno.test("inOneLine() says how often a job was tried, if more than once", () => {
  const told = 'task "parse", job 1 failed after 3 attempts: Error: no';
  assertEquals(inOneLine(cause({}, { attempts: 3 })), told);
});

Deno.test("reason() tells the chain of causes", () => {
  const cause = { name: "NotFound", message: "no file", cause: { name: "Thrown", message: "1" } };
  assertEquals(
    reason({ name: "Error", message: "cannot read", cause }),
    "Error: cannot read, because: NotFound: no file, because: 1",
  );
  assertEquals(reason({ name: "Error", message: "" }), "Error");
});
