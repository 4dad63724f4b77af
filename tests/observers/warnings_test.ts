import { assertEquals } from "@std/assert";
import { outsideJobs, warnings } from "../../lib/observers/warnings.ts";
import type { QueueNews, RunObserver } from "../../lib/events.ts";
import type { Put } from "../../lib/output/printer.ts";

Deno.test("warnings() tells what goes wrong beside jobs and what is awaited, and nothing else", () => {
  const told: string[] = [];
  const noticesOf = (thrown: unknown) => [{ text: `thrown: ${thrown}` }, { text: "and more" }];
  const observer = warnings((text) => void told.push(text), noticesOf);
  observer.onEvent({ kind: "went-wrong", reason: "late" });
  observer.onEvent({ kind: "awaited", task: "a", what: { kind: "input" } });
  observer.onEvent({ kind: "unwatched", reason: "there is no sh" });
  const error = { name: "Error", message: "stray" };
  observer.onEvent({ kind: "strayed", task: "a", slot: 2, error });
  assertEquals(told.length, 5);
  assertEquals(told.slice(0, 3), [
    "thrown: late",
    "and more",
    'still waiting for the next input of task "a"',
  ]);
  assertEquals([told[3]?.includes("there is no sh"), told[4]?.includes("slot 2")], [true, true]);
  observer.onEvent({ kind: "jobs-told" });
  observer.onEvent({ kind: "run-ended", runId: "r" });
  assertEquals(told.length, 5);
});

Deno.test("warnings() tells what becomes of a queue, and where something may be left how to clean it", () => {
  const told: (readonly [string, readonly string[] | undefined])[] = [];
  const observer = warnings((text, below) => void told.push([text, below]), () => []);
  const tell = (what: QueueNews) => observer.onEvent({ kind: "queue-told", what });
  tell({ kind: "refused", task: "a", host: "h", reason: "module ./a.ts was changed" });
  tell({ kind: "misreported", host: "h", reason: "its items are no list" });
  tell({ kind: "unreachable", reason: "it was closed" });
  tell({ kind: "reachable" });
  tell({ kind: "data-lost" });
  tell({ kind: "no-host" });
  tell({ kind: "repeated", jobs: 3 });
  tell({ kind: "left-behind" });
  assertEquals(told, [
    ['host "h" does not run task "a": module ./a.ts was changed', undefined],
    ['host "h" has sent what no host sends: its items are no list', [
      "it does not count, and its jobs are sent again",
    ]],
    ["the queue cannot be reached: it was closed", ["the run waits"]],
    ["the queue is reached again", undefined],
    ["the queue has lost its data: what had not ended is sent again", undefined],
    ["still waiting for a host", ["one is started by: fanfold join URL"]],
    ["something of the run may be left in the queue", ["to clean it: fanfold queue URL --clean"]],
  ]);
});

Deno.test("outsideJobs() puts what slots print behind the tag of their task, each line once", () => {
  const put: string[] = [];
  const decoder = new TextDecoder();
  const stderr: Put = {
    put: (piece) => void put.push(typeof piece === "string" ? piece : decoder.decode(piece)),
  };
  const tags = { ofTask: (task: string) => task, ofJob: () => "" };
  const printed = (observer: RunObserver, slot: number, text: string) =>
    observer.onEvent({ kind: "printed", task: "a", slot, bytes: new TextEncoder().encode(text) });
  const plain = outsideJobs(stderr);
  printed(plain, 1, "x\ny");
  assertEquals(put.splice(0).join(""), "x\ny");
  const tagged = outsideJobs(stderr, tags);
  printed(tagged, 1, "x\n");
  printed(tagged, 2, "y\n");
  assertEquals(put.join(""), "a\tx\na\ty\n");
});
