import { assertEquals } from "@std/assert";
import type { RunningJob } from "../../lib/events.ts";
import type { Output } from "../../lib/job.ts";
import { whenAsked } from "../../lib/observers/asked.ts";

type Listener = (stream: "stdout" | "stderr", bytes: Uint8Array) => void;

function job(index: number, ageMs: number, pid?: number): RunningJob {
  return { task: "a", index, input: index, slot: 2, pid, startedAt: Date.now() - ageMs };
}

/** What is told of jobs that run, each of which has printed its number after a hundred others had. */
function asked(running: readonly RunningJob[], count = running.length): string[] {
  const told: string[] = [];
  const requests = new EventTarget();
  using observer = whenAsked((text, below = []) => void told.push(text, ...below), requests);
  observer.attach?.({ running: () => running });
  for (let index = 0; index < count; index++) {
    const listeners: Listener[] = [];
    const output = { tap: (listener: Listener) => void listeners.push(listener) } as Output;
    observer.onEvent({ kind: "job-started", task: "a", index, input: index, slot: 2, output });
    const bytes = new TextEncoder().encode(`one\n\x1b[2Jprinted ${index}\n\n`);
    listeners.forEach((listen) => listen("stdout", bytes));
  }
  requests.dispatchEvent(new Event("status"));
  return told;
}

Deno.test("whenAsked() tells what runs, where, for how long, and what it wrote last", () => {
  assertEquals(asked([job(3, 61_000, 4242), job(4, 3_700_000)], 5), [
    'task "a", job 4, input 3 runs for 1m01s: slot 2, pid 4242',
    "| printed 3",
    'task "a", job 5, input 4 runs for 1h01m: slot 2',
    "| printed 4",
  ]);
  assertEquals(asked([]), ["no job runs"]);
});

Deno.test("whenAsked() knows what those that run wrote, however many have ended, and tells of fifty", () => {
  const old = job(0, 120_000);
  assertEquals(asked([old], 1000).slice(0, 2), [
    'task "a", job 1, input 0 runs for 2m00s: slot 2',
    "| printed 0",
  ]);
  const many = Array.from({ length: 60 }, (_, i) => job(i, 120_000));
  assertEquals(asked(many, 500).length, 101);
  assertEquals(asked(many, 500).at(-1), "and 10 more");
});
