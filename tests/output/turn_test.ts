import { assertEquals, assertRejects } from "@std/assert";
import type { Output, Task } from "../../lib/job.ts";
import { Turns } from "../../lib/output/turn.ts";
import { settle } from "../support/gate.ts";
import {
  done,
  FakeOutput,
  functions,
  jobStarted,
  runStarted,
  taskEnded,
  taskSkipped,
  wrote,
} from "./fakes.ts";

/** Turns whose stdout, and the values printed, come out as one list. */
function turnsOf(...tasks: readonly Task[]) {
  const out: string[] = [];
  const turns = new Turns(async (output: Output) => {
    for await (const bytes of output.read("stdout")) out.push(new TextDecoder().decode(bytes));
  });
  turns.onEvent(runStarted(...tasks));
  const take = (task: Task, index: number, output?: Output) =>
    turns.take(done(task, index, undefined, { output }), () => {
      out.push(`value ${index}`);
      return undefined;
    });
  const start = (task: Task, index: number, output = new FakeOutput()) => {
    turns.onEvent(jobStarted(task, index, output));
    return output;
  };
  return { turns, out, take, start };
}

Deno.test("Turns lets the output of the job whose turn it is flow while it runs", async () => {
  const task = functions("a");
  const { out, take, start } = turnsOf(task);
  const first = start(task, 0);
  first.write("stdout", "one");
  await settle();
  assertEquals(out, ["one"]);
  first.write("stdout", "two").end();
  await take(task, 0, first);
  assertEquals(out, ["one", "two", "value 0"]);
});

Deno.test("Turns holds the output of the jobs behind, and reads none of it", async () => {
  const task = functions("a");
  const { out, take, start } = turnsOf(task);
  const second = start(task, 1, wrote("second"));
  const first = start(task, 0);
  first.write("stdout", "first");
  await settle();
  assertEquals([out, second.opened], [["first"], []]);
  first.end();
  await take(task, 0, first);
  await take(task, 1, second);
  assertEquals(out, ["first", "value 0", "second", "value 1"]);
});

Deno.test("Turns holds the output of a job that may be tried again until it has ended", async () => {
  const retries = { times: 1, backoffMs: 0, factor: 2, maxMs: 1, jitter: 0 };
  const task = functions("a", { retries });
  const { out, take, start } = turnsOf(task);
  const first = start(task, 0).write("stdout", "one");
  await settle();
  assertEquals(out, []);
  await take(task, 0, first.end());
  assertEquals(out, ["one", "value 0"]);
});

Deno.test("Turns lets the next job's output flow as soon as the job before is printed", async () => {
  const task = functions("a");
  const { out, take, start } = turnsOf(task);
  const [first, second] = [start(task, 0, wrote("first")), start(task, 1)];
  second.write("stdout", "second runs");
  await take(task, 0, first);
  await settle();
  assertEquals(out, ["first", "value 0", "second runs"]);
  second.end();
  await take(task, 1, second);
});

Deno.test("Turns lets nothing of the next job flow before the value is printed", async () => {
  const task = functions("a");
  const { turns, out, start } = turnsOf(task);
  const [first, second] = [start(task, 0, wrote("first")), start(task, 1, wrote("second"))];
  const printing = Promise.withResolvers<void>();
  const outcome = done(task, 0, undefined, { output: first });
  const taken = turns.take(outcome, () => printing.promise);
  await settle();
  assertEquals([out, second.opened], [["first"], []]);
  printing.resolve();
  await taken;
  await settle();
  assertEquals(out, ["first", "second"]);
});

Deno.test("Turns moves over jobs that write nothing without a wait", async () => {
  const task = functions("a");
  const { out, take, start } = turnsOf(task);
  start(task, 2, wrote("third"));
  assertEquals([take(task, 0), take(task, 1)], [undefined, undefined]);
  await settle();
  assertEquals(out, ["value 0", "value 1", "third"]);
});

Deno.test("Turns lets a job's output flow that starts when it is already its turn", async () => {
  const task = functions("a");
  const { out, take, start } = turnsOf(task);
  take(task, 0);
  start(task, 1).write("stdout", "late");
  await settle();
  assertEquals(out, ["value 0", "late"]);
});

Deno.test("Turns holds the output of a task behind until the tasks before it have ended", async () => {
  const [a, b, c] = [functions("a"), functions("b"), functions("c")];
  const { turns, out, start, take } = turnsOf(a, b, c);
  const ofA = start(a, 0, wrote("a"));
  const ofC = start(c, 0);
  ofC.write("stdout", "c");
  await take(a, 0, ofA);
  turns.onEvent(taskEnded(a));
  await settle();
  assertEquals([out, ofC.opened], [["a", "value 0"], []]);
  turns.onEvent(taskSkipped(b, "a"));
  await settle();
  assertEquals(out, ["a", "value 0", "c"]);
});

Deno.test("Turns starts every task at its first job", async () => {
  const [a, b] = [functions("a"), functions("b")];
  const { turns, out, start, take } = turnsOf(a, b);
  const ofB = [start(b, 0, wrote("b0")), start(b, 1, wrote("b1"))] as const;
  take(a, 0);
  turns.onEvent(taskEnded(a));
  await settle();
  assertEquals(out, ["value 0", "b0"]);
  await take(b, 0, ofB[0]);
  await take(b, 1, ofB[1]);
  assertEquals(out, ["value 0", "b0", "value 0", "b1", "value 1"]);
});

Deno.test("Turns brings the output of an unordered task's jobs out whole, as they end", async () => {
  const task = functions("a", { ordered: false });
  const { out, take, start } = turnsOf(task);
  const first = start(task, 0);
  first.write("stdout", "first runs");
  const second = start(task, 1, wrote("second"));
  await take(task, 1, second);
  await settle();
  assertEquals([out, first.opened], [["second", "value 1"], []]);
  first.write("stdout", "and ends").end();
  await take(task, 0, first);
  assertEquals(out, ["second", "value 1", "first runs", "and ends", "value 0"]);
});

Deno.test("Turns brings out the output of a job that nobody told had started", async () => {
  const task = functions("a");
  const { out, take } = turnsOf(task);
  await take(task, 0, wrote("quick"));
  assertEquals(out, ["quick", "value 0"]);
});

Deno.test("Turns fails the job whose output does not come out, when it is taken", async () => {
  const task = functions("a");
  const turns = new Turns(() => Promise.reject(new Error("the disk is full")));
  turns.onEvent(runStarted(task));
  const output = wrote("first");
  turns.onEvent(jobStarted(task, 0, output));
  // The runtime looks after rejections that nobody waits for when all promises have settled.
  await new Promise((done) => setTimeout(done, 0));
  const outcome = done(task, 0, undefined, { output });
  await assertRejects(
    async () => await turns.take(outcome, () => undefined),
    Error,
    "disk is full",
  );
});
