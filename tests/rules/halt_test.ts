import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import type { Halt, Task } from "../../lib/job.ts";
import { HALT_PATTERN, haltText, parseHalt } from "../../lib/rules/halt.ts";
import { refuseToDescribe, Sandbox } from "../tasks_file/sandbox.ts";

/** As `[text, what it says, as it is written in full]`. */
const halts: readonly (readonly [text: string, halt: Halt, inFull: string])[] = [
  ["1", { when: "soon", why: "fail", limit: { count: 1 } }, "soon,fail=1"],
  ["2", { when: "now", why: "fail", limit: { count: 1 } }, "now,fail=1"],
  ["-1", { when: "soon", why: "success", limit: { count: 1 } }, "soon,success=1"],
  ["-2", { when: "now", why: "success", limit: { count: 1 } }, "now,success=1"],
  ["1%", { when: "soon", why: "fail", limit: { percent: 1 } }, "soon,fail=1%"],
  ["5%", { when: "soon", why: "fail", limit: { percent: 5 } }, "soon,fail=5%"],
  ["100%", { when: "soon", why: "fail", limit: { percent: 100 } }, "soon,fail=100%"],
  ["soon", { when: "soon", why: "fail", limit: { count: 1 } }, "soon,fail=1"],
  ["now", { when: "now", why: "fail", limit: { count: 1 } }, "now,fail=1"],
  ["now,fail=3", { when: "now", why: "fail", limit: { count: 3 } }, "now,fail=3"],
  ["soon,fail=30", { when: "soon", why: "fail", limit: { count: 30 } }, "soon,fail=30"],
  [
    "soon,success=10%",
    { when: "soon", why: "success", limit: { percent: 10 } },
    "soon,success=10%",
  ],
  ["now,done=2", { when: "now", why: "done", limit: { count: 2 } }, "now,done=2"],
  ["now,done=99%", { when: "now", why: "done", limit: { percent: 99 } }, "now,done=99%"],
];
for (const [text, halt, inFull] of halts) {
  Deno.test(`parseHalt() takes ${text} for ${inFull}`, () => {
    assertEquals(parseHalt(text), halt);
    assertEquals(haltText(halt), inFull);
  });
}

Deno.test("parseHalt() takes never, and 0, for never", () => {
  assertEquals([parseHalt("never"), parseHalt("0")], ["never", "never"]);
});

const nonsense = [
  ...["", " ", "Now", "SOON", "never,fail=1", "later,fail=1", "3", "-3", "00", "-0", "+1", "1.5"],
  ...["now,", "now,fail", "now,fail=", "now,fail=0", "soon,fail=00", "now,fail=01", "now,fail=-1"],
  ...["now,fail=1.5", "now,fail=1e3", "now,fail=three", "now,oops=1", "now,Fail=1", "now=1"],
  ...["0%", "101%", "05%", "1.5%", "%", "soon,fail=0%", "soon,fail=101%", "soon,fail=1%%"],
  ...[" now", "now ", "now, fail=1", "now,fail =1", "now,fail= 1", "now\n", "now,fail=1\n", "1\n"],
  ...["now,fail=1,success=1", "fail=1", ",fail=1", "now;fail=1", "now fail=1", "nevertheless"],
];

Deno.test("parseHalt() refuses what is no form of GNU parallel, or has spaces in it", () => {
  for (const text of nonsense) assertEquals(parseHalt(text), undefined, JSON.stringify(text));
});

Deno.test("parseHalt() reads what haltText() has written", () => {
  const anyHalt: fc.Arbitrary<Halt> = fc.record({
    when: fc.constantFrom("soon", "now"),
    why: fc.constantFrom("fail", "success", "done"),
    limit: fc.oneof(
      fc.record({ count: fc.integer({ min: 1, max: 2 ** 40 }) }),
      fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
    ),
  });
  fc.assert(fc.property(anyHalt, (halt) => {
    assertMatch(haltText(halt), HALT_PATTERN);
    assertEquals(parseHalt(haltText(halt)), halt);
  }));
});

async function load(keys: string, defaults = "{}"): Promise<Task> {
  const text = `defaults: ${defaults}\ntasks: { a: { shell: x${keys} } }`;
  await using sandbox = await Sandbox.with({ "t.yaml": text });
  const [task] = await sandbox.load("t.yaml", { describe: refuseToDescribe });
  return task as Task;
}

Deno.test("loadTasks() reads halt and rate, of the task before those of the defaults", async () => {
  const { halt, delayMs } = await load(', halt: "soon,fail=10%", rate: 10/s');
  assertEquals([halt, delayMs], [{ when: "soon", why: "fail", limit: { percent: 10 } }, 100]);
  const defaults = "{ halt: now, rate: 1/2s }";
  const inherited = await load("", defaults);
  assertEquals([inherited.halt, inherited.delayMs], [parseHalt("now"), 2000]);
  const own = await load(', halt: "now,success=2", rate: 100/m', defaults);
  assertEquals([own.halt, own.delayMs], [parseHalt("now,success=2"), 600]);
});

Deno.test("loadTasks() gives no halt to a task that is never halted, whatever the defaults say", async () => {
  for (const [keys, defaults] of [["", "{}"], [", halt: never", "{ halt: now }"]] as const) {
    const task = await load(keys, defaults);
    assertEquals([task.halt, "delayMs" in task], [undefined, false]);
  }
});
