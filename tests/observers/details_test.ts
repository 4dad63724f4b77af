import { assertEquals } from "@std/assert";
import type { RunEvent, SlotEnd } from "../../lib/events.ts";
import { Details } from "../../lib/observers/details.ts";
import { cancelled, done, functions, runStarted } from "../output/fakes.ts";

const task = functions("parse");

/** Details, and a way to tell them of events at a time in ms. */
function details() {
  let now = 0;
  const details = new Details(() => now);
  details.onEvent(runStarted(task));
  const tell = (ms: number, event: RunEvent) => {
    now = ms;
    details.onEvent(event);
  };
  return { details, tell };
}

const opened = (slot: number, others: number): RunEvent => ({
  kind: "slot-opened",
  task: "parse",
  slot,
  others,
});

const lost = (slot: number, why: SlotEnd): RunEvent => ({
  kind: "slot-lost",
  task: "parse",
  slot,
  why,
});

/** Tells of jobs that took so long, each behind the other. */
function endJobs(tell: ReturnType<typeof details>["tell"], ...times: readonly number[]): void {
  for (const [index, durationMs] of times.entries()) {
    tell(0, { kind: "job-ended", outcome: { ...done(task, index), durationMs } });
  }
}

Deno.test("Details has nothing to tell where no job has run", () => {
  const { details: it, tell } = details();
  assertEquals(it.notices, []);
  tell(0, { kind: "job-ended", outcome: cancelled(task, 0) });
  assertEquals(it.notices, []);
});

Deno.test("Details names the slowest jobs, the slowest first, and of as slow ones the first", () => {
  const { details: it, tell } = details();
  endJobs(tell, 3, 90, 1, 2000, 90, 4, 5, 2);
  assertEquals(it.notices, [{
    text: "the slowest jobs:",
    below: [
      '2.0 s  task "parse", job 4, input 3',
      '90 ms  task "parse", job 2, input 1',
      '90 ms  task "parse", job 5, input 4',
      '5.0 ms  task "parse", job 7, input 6',
      '4.0 ms  task "parse", job 6, input 5',
    ],
  }]);
});

Deno.test("Details says when and why slots were opened and lost", () => {
  const { details: it, tell } = details();
  tell(5, opened(1, 0));
  tell(70, opened(2, 1));
  tell(80, opened(3, 2));
  const error = { name: "Exit", message: "its worker ended\nwith exit code 3" };
  const ending = { kind: "died", error, startedAt: 0, durationMs: 1, slot: 1 } as const;
  tell(1000, lost(1, { kind: "job", index: 2, ending }));
  tell(1001, opened(1, 2));
  tell(1002, lost(1, { kind: "stopped" }));
  tell(1003, lost(2, { kind: "recycled", of: "jobs" }));
  tell(1004, lost(3, { kind: "recycled", of: "memory" }));
  tell(2000, lost(1, { kind: "vain", error: { name: "TypeError", message: "no module" } }));
  const at = (time: string, slot: number) => `after ${time}  task "parse", slot ${slot}`;
  assertEquals(it.notices, [{
    text: "slots: 4 opened, 1 lost (job died), 1 lost (job was to end), 2 recycled, " +
      "1 lost (no job to blame)",
    below: [
      `${at("5.0 ms", 1)} opened: no other is open`,
      `${at("70 ms", 2)} opened: the other one is busy`,
      `${at("80 ms", 3)} opened: the 2 others are busy`,
      `${at("1.0 s", 1)} lost: job 3 died: its worker ended …`,
      `${at("1.0 s", 1)} opened again: the 2 others are busy`,
      `${at("1.0 s", 1)} lost: its job was to end`,
      `${at("1.0 s", 2)} recycled: it had its jobs`,
      `${at("1.0 s", 3)} recycled: it took much memory`,
      `${at("2.0 s", 1)} lost: TypeError: no module`,
    ],
  }]);
});

Deno.test("Details keeps as much of a million slots and jobs as of a few, and counts them", () => {
  const { details: it, tell } = details();
  for (let i = 0; i < 1_000_000; i++) {
    tell(i, opened(1, 0));
    tell(i, { kind: "job-ended", outcome: { ...done(task, i), durationMs: i % 1000 } });
    tell(i, lost(1, { kind: "recycled", of: "jobs" }));
  }
  const [jobs, slots] = it.notices;
  assertEquals(jobs?.below?.[0], '999 ms  task "parse", job 1000, input 999');
  assertEquals(slots?.text, "slots: 1000000 opened, 1000000 recycled");
  assertEquals([slots?.below?.length, slots?.below?.at(-1)], [21, "and 1999980 more"]);
});

Deno.test("Details cuts off what others have said at length", () => {
  const { details: it, tell } = details();
  const outcome = { ...done(task, 0), input: "x".repeat(10_000), durationMs: 1 };
  tell(0, { kind: "job-ended", outcome });
  tell(0, lost(1, { kind: "vain", error: { name: "Error", message: "y".repeat(10_000) } }));
  tell(0, opened(1, 0));
  const lengths = it.notices.flatMap(({ below = [] }) => below.map(({ length }) => length));
  assertEquals(lengths.filter((length) => length > 300), []);
});

Deno.test("Details says how many jobs each host did, and how many were told again", () => {
  const { details: found, tell } = details();
  for (const [index, host] of ["b", "a", "b"].entries()) {
    tell(0, { kind: "job-ended", outcome: { ...done(task, index), durationMs: 1, host } });
  }
  assertEquals(found.notices.at(-1), {
    text: "hosts: 2",
    below: ['2 jobs  host "b"', '1 job  host "a"'],
  });
  tell(0, { kind: "queue-told", what: { kind: "repeated", jobs: 3 } });
  assertEquals(found.notices.at(-1)?.text, "hosts: 2, and 3 jobs told again, which did not count");
});
