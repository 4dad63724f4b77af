import { assertEquals, assertRejects } from "@std/assert";
import type { RunEvent } from "../../lib/events.ts";
import type { Outcome, Output, Task } from "../../lib/job.ts";
import type { Tags } from "../../lib/output/labels.ts";
import { type Colourful, livePrinter } from "../../lib/output/live_printer.ts";
import { Sink } from "../../lib/output/sink.ts";
import { settle } from "../support/gate.ts";
import {
  commands,
  done,
  FakeOutput,
  FakeSinks,
  FOLD,
  functions,
  jobStarted,
  notDone,
  runStarted,
  taskEnded,
  wrote,
} from "./fakes.ts";

const TAGS: Tags = { ofJob: (task, input) => `${task} ${input}`, ofTask: (task) => task };

/** A printer that has heard of the start of a run of these tasks. */
function started(
  tasks: readonly Task[],
  how: { readonly tags?: Tags; readonly colourful?: Colourful } = {},
) {
  const sinks = new FakeSinks();
  const printer = livePrinter(sinks, how);
  printer.onEvent(runStarted(...tasks));
  const start = (task: Task, index: number, output: Output = new FakeOutput()) => {
    printer.onEvent(jobStarted(task, index, output));
    return output as FakeOutput;
  };
  return { sinks, printer, start, end: (outcome: Outcome) => printer.onEvent(ended(outcome)) };
}

function ended(outcome: Outcome): RunEvent {
  return { kind: "job-ended", outcome };
}

Deno.test("livePrinter() prints lines of all jobs as they are written, whoever's turn it is", async () => {
  const [a, b] = [commands("a"), commands("b")];
  const { sinks, start, printer, end } = started([a, b]);
  const jobs = [start(a, 0), start(a, 1), start(b, 0)];
  jobs[2]?.write("stdout", "b0 one\nb0 t").write("stderr", "b0 err\n");
  await settle();
  jobs[1]?.write("stdout", "a1\n");
  await settle();
  assertEquals(await sinks.text(), { stdout: "b0 one\na1\n", stderr: "b0 err\n" });
  jobs[0]?.write("stdout", "a0\n");
  await settle();
  jobs[2]?.write("stdout", "wo\n");
  await settle();
  assertEquals((await sinks.text()).stdout, "b0 one\na1\na0\nb0 two\n");
  const outcomes = [done(a, 0), done(a, 1), done(b, 0)]
    .map((outcome, i) => ({ ...outcome, output: jobs[i]?.end() }));
  outcomes.forEach(end);
  for (const outcome of outcomes) await printer.print(outcome);
  await printer.end();
  assertEquals((await sinks.text()).stdout, "b0 one\na1\na0\nb0 two\n");
});

Deno.test("livePrinter() prints values as jobs end, behind what they wrote, each in lines of its own", async () => {
  const [a, b] = [functions("a"), functions("b")];
  const { sinks, start, end, printer } = started([a, b], { tags: TAGS });
  const slow = start(a, 0).write("stdout", "at it");
  const output = start(b, 0).write("stdout", "log");
  const outcome = done(b, 0, { x: 1 }, { output });
  end(outcome);
  end(done(b, 1, "text"));
  end(notDone(b, 2));
  output.end();
  await settle();
  const text = "b 1\ttext\nb 0\tlog\n" + 'b 0\t{"x":1}\n';
  assertEquals((await sinks.text()).stdout, text);
  const first = done(a, 0, undefined, { output: slow.end() });
  end(first);
  for (const each of [first, outcome, done(b, 1)]) await printer.print(each);
  assertEquals((await sinks.text()).stdout, `${text}a 0\tat it\n`);
});

Deno.test("livePrinter() prints what each attempt at a job wrote, and all of one before the next", async () => {
  const task = commands("a");
  const { sinks, start, end, printer } = started([task]);
  const first = start(task, 0).write("stdout", "first\n");
  const second = start(task, 0).write("stdout", "second\n");
  await settle();
  assertEquals((await sinks.text()).stdout, "first\n");
  assertEquals(second.opened, ["stderr", "stdout"]);
  first.write("stdout", "first ends").end();
  second.end();
  const outcome = done(task, 0, undefined, { output: second });
  end(outcome);
  await printer.print(outcome);
  assertEquals((await sinks.text()).stdout, "first\nfirst ends\nsecond\n");
});

Deno.test("livePrinter() prints jobs that are kept as those that end", async () => {
  const task = functions("a");
  const { sinks, printer } = started([task], { tags: TAGS });
  const outcome = done(task, 0, 7, { output: wrote("log\n", "err") });
  printer.onEvent({ kind: "job-kept", outcome });
  await printer.print(outcome);
  assertEquals(await sinks.text(), { stdout: "a 0\tlog\na 0\t7\n", stderr: "a 0\terr\n" });
});

Deno.test("livePrinter() prints what came of a fold; stdout of its commands only where they failed", async () => {
  const task = commands("a", { fold: FOLD });
  const { sinks, printer, start, end } = started([task], { tags: TAGS });
  const outputs = [start(task, 0), start(task, 1)]
    .map((output) => output.write("stdout", "1\n").write("stderr", "err\n"));
  await settle();
  assertEquals(outputs.map(({ opened }) => opened), [["stderr"], ["stderr"]]);
  const outcomes = [done(task, 0, "1"), notDone(task, 1)]
    .map((outcome, i) => ({ ...outcome, output: outputs[i]?.end() }));
  outcomes.forEach(end);
  for (const outcome of outcomes) await printer.print(outcome);
  printer.onEvent(taskEnded(task, { value: 3 }));
  await printer.end();
  const stderr = "a 0\terr\na 1\terr\na 1\t1\n";
  assertEquals(await sinks.text(), { stdout: "a\t3\n", stderr });
});

Deno.test("livePrinter() colours tags, or else lines, by job, on the streams that show colours", async () => {
  const task = functions("a");
  const write = async (how: { readonly tags?: Tags; readonly colourful: Colourful }) => {
    const { sinks, start, end, printer } = started([task], how);
    for (const i of [0, 1]) {
      const output = start(task, i, wrote("out\n", "err\n"));
      end(done(task, i, i, { output }));
      await printer.print(done(task, i));
    }
    return await sinks.text();
  };
  assertEquals(await write({ colourful: { stdout: true, stderr: false } }), {
    stdout: [36, 36, 33, 33].map((colour, i) =>
      `\x1b[${colour}m${["out", "0", "out", "1"][i]}\x1b[39m\n`
    ).join(""),
    stderr: "err\nerr\n",
  });
  assertEquals(await write({ tags: TAGS, colourful: { stdout: false, stderr: true } }), {
    stdout: "a 0\tout\na 0\t0\na 1\tout\na 1\t1\n",
    stderr: "\x1b[36ma 0\x1b[39m\terr\n\x1b[33ma 1\x1b[39m\terr\n",
  });
});

Deno.test("livePrinter() reads no further while a reader is slow", async () => {
  const task = commands("a");
  const writing = Promise.withResolvers<void>();
  const stdout = new Sink(() => writing.promise);
  const printer = livePrinter({ stdout, stderr: new Sink(() => Promise.resolve()) });
  printer.onEvent(runStarted(task));
  let taken = 0;
  async function* endless() {
    for (; taken < 1000; taken++) yield new Uint8Array(16 * 1024).fill(10);
  }
  const output: Output = {
    read: (stream) => stream === "stdout" ? endless() : wrote("").read(stream),
    tap: () => {},
    drop: () => {},
    dropUnread: () => {},
  };
  printer.onEvent(jobStarted(task, 0, output));
  await settle();
  assertEquals(taken < 20, true, `${taken}`);
  const outcome = { ...done(task, 0), output };
  printer.onEvent(ended(outcome));
  writing.resolve();
  await printer.print(outcome);
  assertEquals(taken, 1000);
});

Deno.test("livePrinter() has what goes wrong heard by who waits for a job, and not by who tells of it", async () => {
  const task = functions("a");
  const failing = () => Promise.reject(new Error("disk is full"));
  const printer = livePrinter({ stdout: new Sink(failing), stderr: new Sink(failing) });
  printer.onEvent(runStarted(task));
  const large = "x".repeat(100_000);
  const outcomes = [done(task, 0, large), done(task, 1, large, { output: wrote("out\n") })];
  for (const outcome of outcomes) printer.onEvent(ended(outcome));
  await settle();
  printer.onEvent(ended(done(task, 2, large)));
  for (const outcome of [...outcomes, done(task, 2)]) {
    await assertRejects(async () => await printer.print(outcome), Error, "disk is full");
  }
});

Deno.test("livePrinter() keeps what is printed outside jobs apart from lines of jobs, and loses none when it is closed", async () => {
  const task = functions("a");
  const { sinks, printer, start } = started([task], { tags: TAGS });
  const printed = (slot: number, text: string) =>
    printer.onEvent({ kind: "printed", task: "a", slot, bytes: new TextEncoder().encode(text) });
  const output = start(task, 0);
  output.write("stderr", "one\n");
  await settle();
  printed(1, "outside ");
  printed(2, "other\nopen");
  output.write("stderr", "two\n");
  await settle();
  printed(1, "jobs\n");
  output.write("stderr", "thr");
  await settle();
  printer.close?.();
  const stderr = "a 0\tone\na\tother\na 0\ttwo\na\toutside jobs\na 0\tthr\na\topen\n";
  assertEquals(await sinks.text(), { stdout: "", stderr });
});
